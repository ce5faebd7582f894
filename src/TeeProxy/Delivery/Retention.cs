using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>
/// Lets go of what every row has passed: this node's application and that of every known node behind it. A known node
/// that is away holds everything it has not confirmed. Also remembers durably what the rows confirm, and on the head, where
/// <c>--on-full detach</c> says so, lets go of whoever holds a journal that is nearly full.
/// </summary>
/// <param name="nearest">The address by which that node is reached as the nearest; null when it is not.</param>
internal sealed partial class Retention(
    Journal journal, ChainMember member, Progress progress, RowTable rows, Following<NextList> next, Func<Guid, string?> nearest, bool detaches, HeadOutcomes outcomes, TimeProvider time, ILogger<Retention> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await StepAsync(cancellation);
            }
            catch (IOException e)
            {
                LogFailed(e.Message); // A full disk, most likely; the next step tries again.
            }
        }
    }

    /// <summary>One look at the rows.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        // First what makes room: on a full disk nothing can be remembered before.
        var behind = rows.Rows;
        var known = member.Standing.Current.Membership.Known;
        var acked = behind.Select(static row => new RetentionRule.AckedRow(row.Ack.Node, row.Ack.Applied)).ToArray();
        journal.Release(RetentionRule.Passed(progress.Applied, acked, known, next.Current.Addresses.Count));
        outcomes.RetryPostponed();
        if (behind.Count > 0 && member.Standing.Current.Membership.Chain is not null)
        {
            await member.RememberAsync([.. behind.Select((row, index) => Known(row, index, known)).OfType<KnownNode>()], cancellation);
        }

        if (detaches && member.IsHead && DetachRule.Choose(journal.HeldBytes, journal.BudgetBytes, progress.Applied, acked, known) is { } slowest)
        {
            await member.ChangeAsync(membership => membership.WithDetached(slowest.Node), cancellation);
            LogDetached(slowest.Node, slowest.Address, journal.HeldBytes, journal.BudgetBytes);
        }
    }

    /// <summary>
    /// A node keeps the address by which it was reached; one further down is known by the name that it gives itself. Null
    /// while that has not come, and for one that joins: it does not count before it has caught up.
    /// </summary>
    private KnownNode? Known(RowTable.Row row, int index, IReadOnlyList<KnownNode> known)
    {
        var before = known.FirstOrDefault(node => node.Node == row.Ack.Node);
        var address = (index == 0 ? nearest(row.Ack.Node) : null) ?? before?.Address ?? row.Detail?.Address;
        return address is null || row.Ack.State.HasFlag(AckState.Joining) ? null : new KnownNode(
            row.Ack.Node, row.Ack.Journal, address, row.Ack.Durable, IsDetached: before is { IsDetached: true } && row.Ack.Applied < row.Ack.Durable);
    }

    [LoggerMessage(LogLevel.Warning, "What the nodes behind this one confirm cannot be written down: {Why}. It is tried again.")]
    private partial void LogFailed(string why);

    [LoggerMessage(LogLevel.Error, "Node {Node} at {Address} is let go: what it has not got fills the journal ({HeldBytes} of {BudgetBytes} bytes). If it comes back too late for what is kept, it must be seeded.")]
    private partial void LogDetached(Guid node, string address, long heldBytes, long budgetBytes);
}
