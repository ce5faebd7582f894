namespace TeeChain.Simulation.Model;

/// <summary>Something changed: wakes everybody who waits.</summary>
internal sealed class Bell
{
    private TaskCompletionSource _rung = new();

    public Task WaitAsync() => _rung.Task;

    public void Ring()
    {
        var rung = _rung;
        _rung = new();
        rung.TrySetResult();
    }
}
