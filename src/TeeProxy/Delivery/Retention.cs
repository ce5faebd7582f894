using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>
/// Looks once a second at what the nodes behind this one have: makes room in the journal, and remembers durably what they
/// confirm. A known node that is away holds everything it has not confirmed.
/// </summary>
/// <param name="nearest">The address by which the nearest row's node is reached.</param>
internal sealed partial class Retention(
    JournalRoom room, ChainMember member, RowTable rows, Func<string?> nearest, HeadOutcomes outcomes, TimeProvider time, ILogger<Retention> log)
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
        room.Release();
        outcomes.RetryPostponed();
        var behind = rows.Rows;
        if (behind.Count > 0 && member.Standing.Current.Membership.Chain is not null)
        {
            await member.ChangeAsync(membership => Remember(membership, behind), cancellation);
        }

        await room.LookAheadAsync(cancellation);
    }

    /// <summary>A folder that went back is noticed by it after a restart too.</summary>
    private Membership Remember(Membership membership, IReadOnlyList<RowTable.Row> behind)
    {
        var address = nearest();
        return behind.Select((row, index) => (Row: row, Reached: index == 0 ? address : null))
            .Aggregate(membership, static (now, one) => Known(one.Row, now, one.Reached) is { } node ? now.WithKnown(node) : now);
    }

    /// <summary>
    /// A node keeps the address by which it was reached; one further down is known by the name that it gives itself. Null
    /// while that has not come, and for one that joins: it does not count before it has caught up. One that was let go
    /// counts as back once it has applied more than there was then: its row may be an old one before.
    /// </summary>
    private static KnownNode? Known(RowTable.Row row, Membership membership, string? reached)
    {
        var ack = row.Ack;
        var before = membership.Known.FirstOrDefault(node => node.Node == ack.Node);
        var address = reached ?? before?.Address ?? row.Detail?.Address;
        var detachedAt = before?.DetachedAt ?? 0;
        return address is null || ack.State.HasFlag(AckState.Joining) ? null : new KnownNode(
            ack.Node, ack.Journal, address, ack.Durable, IsDetached: before is { IsDetached: true } && ack.Applied < detachedAt, DetachedAt: detachedAt);
    }

    [LoggerMessage(LogLevel.Warning, "What the nodes behind this one confirm cannot be written down: {Why}. It is tried again.")]
    private partial void LogFailed(string why);
}
