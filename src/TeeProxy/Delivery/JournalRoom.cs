using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>
/// Room in the journal: lets go of what everybody has passed; and on the head, where <c>--on-full detach</c> says so, of
/// whoever fills the journal. Thread-safe.
/// </summary>
internal sealed partial class JournalRoom(
    Journal journal, ChainMember member, Progress progress, RowTable rows, Following<NextList> next, bool detaches, TimeProvider time, ILogger<JournalRoom> log) : IDisposable
{
    /// <summary>How long a write that nobody is to be let go for waits: for the disk, and for this node's own application.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Lets go of what every row has passed: this node's application and that of every known node behind it.</summary>
    public void Release()
    {
        // A successor that was never here holds everything, but not for ever where those that were are let go.
        var listed = Detaches && DetachRule.IsNearlyFull(journal.HeldBytes, journal.BudgetBytes) ? 0 : next.Current.Addresses.Count;
        journal.Release(RetentionRule.Passed(progress.Applied, Acked(), member.Standing.Current.Membership.Known, listed));
    }

    /// <summary>Detaches in time, before a write finds no room.</summary>
    public async Task LookAheadAsync(CancellationToken cancellation)
    {
        if (Detaches && DetachRule.IsNearlyFull(journal.HeldBytes, journal.BudgetBytes))
        {
            await DetachAsync(() => !DetachRule.IsNearlyFull(journal.HeldBytes, journal.BudgetBytes), cancellation);
        }
    }

    /// <summary>
    /// Makes room for a write of so many bytes, as far as may be: what was passed since the last look is let go, and where
    /// <c>--on-full detach</c> says so, who fills the journal. True when there is room; somebody else's write may take it.
    /// </summary>
    public async ValueTask<bool> MakeAsync(long bytes, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (bytes <= journal.BudgetBytes)
        {
            Release();
            if (Detaches && !journal.HasRoomFor(bytes))
            {
                await TryDetachAsync(bytes, cancellation);
            }

            if (journal.HasRoomFor(bytes))
            {
                return true;
            }

            if (!Detaches || time.GetElapsedTime(started) > Patience)
            {
                return false;
            }

            await Task.Delay(BetweenLooks, time, cancellation);
        }

        return false;
    }

    public void Dispose() => _turn.Dispose();

    private bool Detaches => detaches && member.IsHead;

    private RetentionRule.AckedRow[] Acked() => [.. rows.Rows.Select(static row => new RetentionRule.AckedRow(row.Ack.Node, row.Ack.Applied))];

    private async Task TryDetachAsync(long bytes, CancellationToken cancellation)
    {
        try
        {
            await DetachAsync(() => journal.HasRoomFor(bytes), cancellation);
        }
        catch (IOException e)
        {
            LogNotDetached(e.Message); // A full disk, most likely: then the write finds no room.
        }
    }

    /// <summary>One after the other, until there is room or nobody who fills the journal. Durable before anything is let go.</summary>
    private async Task DetachAsync(Func<bool> hasRoom, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            while (!hasRoom() && DetachRule.Slowest(progress.Applied, journal.Last.Sequence, Acked(), member.Standing.Current.Membership.Known) is { } slowest)
            {
                var at = Math.Max(journal.Last.Sequence, slowest.DetachedAt + 1);
                await member.ChangeAsync(membership => membership.WithDetached(slowest.Node, at), cancellation);
                LogDetached(slowest.Node, slowest.Address, journal.HeldBytes, journal.BudgetBytes);
                Release();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "That a node is let go cannot be written down: {Why}. It is tried again.", EventName = "detach_failing")]
    private partial void LogNotDetached(string why);

    [LoggerMessage(LogLevel.Error, "Node {Node} at {Address} is let go: what it has not applied fills the journal ({HeldBytes} of {BudgetBytes} bytes). If it comes back too late for what is kept, it must be seeded.", EventName = "node_detached")]
    private partial void LogDetached(Guid node, string address, long heldBytes, long budgetBytes);
}
