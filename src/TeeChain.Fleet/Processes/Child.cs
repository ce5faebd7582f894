using System.Diagnostics;

namespace TeeChain.Fleet.Processes;

/// <summary>A process that we started, until it has ended. Its own children are in its process group and end with it.</summary>
internal sealed class Child(Process process)
{
    /// <summary>How long the kernel may take to end what got SIGKILL; longer only where a disk hangs.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    public int Pid { get; } = process.Id;

    /// <summary>Of an ended process; after a signal 128 and its number.</summary>
    public int ExitCode => process.ExitCode;

    public Task WaitExitAsync() => process.WaitForExitAsync(CancellationToken.None);

    /// <summary>SIGTERM, and SIGKILL once <paramref name="patience"/> is over. Whether it ended by itself.</summary>
    public async Task<bool> StopAsync(CancellationToken patience)
    {
        if (!process.HasExited)
        {
            Signals.Send(Pid, Signals.Terminate);
        }

        try
        {
            await process.WaitForExitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            Sweep();
            using var last = new CancellationTokenSource(KillPatience);
            await process.WaitForExitAsync(last.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }

        Sweep();
        return true;
    }

    /// <summary>SIGKILL to it and whatever it started and left: that would hold its ports.</summary>
    public void Sweep()
    {
        if (!process.HasExited)
        {
            Signals.Send(Pid, Signals.Kill);
        }

        Signals.Send(-Pid, Signals.Kill);
    }
}
