using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>What is remembered durably of the nodes behind this one: a folder that went back is noticed by it, also after a restart. Pure.</summary>
internal static class RememberRule
{
    /// <param name="behind">Their rows, nearest first.</param>
    /// <param name="reached">By which address the nearest is reached; null when that is not known.</param>
    public static Membership Remember(Membership membership, IReadOnlyList<RowTable.Row> behind, string? reached) =>
        behind.Select((row, index) => (Row: row, Reached: index == 0 ? reached : null))
            .Aggregate(membership, static (now, one) => Known(one.Row, now, one.Reached) is { } node ? now.WithKnown(node) : now);

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
}
