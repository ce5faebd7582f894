using System.Runtime.InteropServices;

namespace TeeChain.Fleet.Gateway;

/// <summary>Signals that end a program: the first asks for a stop in order, the second for one at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _taken;

    public StopSignals(params PosixSignal[] signals) => _taken = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Ask))];

    public Task Asked => _asked.Task;

    /// <summary>For one part of a stop: cancelled after <paramref name="longest"/> from now, or by the second signal.</summary>
    public CancellationTokenSource Patience(TimeSpan longest)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(_atOnce.Token);
        patience.CancelAfter(longest);
        return patience;
    }

    public void Dispose()
    {
        Array.ForEach(_taken, static one => one.Dispose());
        _atOnce.Dispose();
    }

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!_asked.TrySetResult())
        {
            _atOnce.Cancel();
        }
    }
}
