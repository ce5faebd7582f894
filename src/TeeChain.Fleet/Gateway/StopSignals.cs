using System.Runtime.InteropServices;

namespace TeeChain.Fleet.Gateway;

/// <summary>SIGTERM, SIGINT and SIGHUP (the terminal is closed): the first asks for a stop in order, the second for one at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration _onTerm;
    private readonly PosixSignalRegistration _onInterrupt;
    private readonly PosixSignalRegistration _onHangUp;

    public StopSignals()
    {
        _onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        _onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        _onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
    }

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
        _onTerm.Dispose();
        _onInterrupt.Dispose();
        _onHangUp.Dispose();
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
