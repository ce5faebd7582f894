using System.Diagnostics;

namespace TeeChain.Fleet.Processes;

/// <summary>A process that we started, until it has ended. Its own children are in its process group and end with it.</summary>
internal sealed class Child(Process process)
{
    /// <summary>How long the kernel may take to end what got SIGKILL; longer only where a disk hangs.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    /// <summary>After a farewell that took too long: whatever it does now is cut off.</summary>
    private static readonly TimeSpan TerminatePatience = TimeSpan.FromSeconds(2);

    public int Pid { get; } = process.Id;

    /// <summary>Of an ended process; after a signal 128 and its number.</summary>
    public int ExitCode => process.ExitCode;

    public Task WaitExitAsync() => process.WaitForExitAsync(CancellationToken.None);

    /// <summary>The farewell, and SIGKILL once <paramref name="patience"/> is over. Whether it ended by itself.</summary>
    public async Task<bool> StopAsync(Farewell farewell, CancellationToken patience)
    {
        var hasEnded = await AskAsync(farewell.Signal, farewell.Longest, patience)
            || (farewell.Longest is not null && await AskAsync(Signals.Terminate, TerminatePatience, CancellationToken.None));
        Sweep();
        if (!hasEnded)
        {
            await WaitExitAsync(KillPatience, CancellationToken.None);
        }

        return hasEnded;
    }

    private async Task<bool> AskAsync(int signal, TimeSpan? longest, CancellationToken patience)
    {
        if (!process.HasExited)
        {
            Signals.Send(Pid, signal);
        }

        return await WaitExitAsync(longest ?? Timeout.InfiniteTimeSpan, patience);
    }

    private async Task<bool> WaitExitAsync(TimeSpan longest, CancellationToken patience)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience);
        either.CancelAfter(longest);
        await process.WaitForExitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return process.HasExited;
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
