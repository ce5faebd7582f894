using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;

namespace TeeProxy.Status;

/// <summary>Draws the chain as one node knows it: who stands where, what was last said, and how records come to each. Pure.</summary>
internal static class PlaceRule
{
    /// <summary>What the picture follows from.</summary>
    /// <param name="Self">This node.</param>
    /// <param name="Head">The head as far as known here.</param>
    /// <param name="HeadSequence">The head's last sequence as far as known here.</param>
    /// <param name="Order">This node and all others of which anything was heard, in the chain's order, with what was heard.</param>
    /// <param name="Counted">The nodes that count, as the head last told, and those known behind this one.</param>
    /// <param name="Detached">The nodes that the head let go of.</param>
    /// <param name="Previous">The stream from the node before.</param>
    internal sealed record Facts(
        Guid Self,
        Guid? Head,
        long HeadSequence,
        IReadOnlyList<(Guid Node, Sighting Seen)> Order,
        IReadOnlyList<ChainNode> Counted,
        IReadOnlyList<Guid> Detached,
        PreviousStatus? Previous);

    public static IReadOnlyList<PlaceStatus> Draw(Facts facts)
    {
        var seen = facts.Order.ToDictionary(static one => one.Node, static one => one.Seen);
        var order = OrderRule.FromHead(
            OrderRule.Merge([.. facts.Counted.Select(static node => node.Node)], [.. facts.Order.Select(static one => one.Node)]), facts.Head);
        var drawn = new List<PlaceStatus>();
        foreach (var node in order)
        {
            var place = Place(facts, node, seen.GetValueOrDefault(node), isLast: node == order[^1]);
            drawn.Add(place with { Link = node == facts.Head ? null : LinkTo(facts, place) });
            drawn.AddRange(Unmet(facts, seen.GetValueOrDefault(node), place.Address));
        }

        return drawn;
    }

    private static PlaceStatus Place(Facts facts, Guid node, Sighting? seen, bool isLast)
    {
        var counted = facts.Counted.FirstOrDefault(one => one.Node == node);
        if (seen is null)
        {
            return new PlaceStatus { Node = node, Address = counted?.Address ?? "", Role = node == facts.Head ? "head" : null, Detached = facts.Detached.Contains(node) };
        }

        // A node that is brought up to date beside the stream tells its predecessor alone, whose link says how far it is.
        var (row, detail) = (seen.Row, seen.Detail);
        var beside = LinksTo(facts, node, detail?.Address).FirstOrDefault(static one => one.Link is { Part: "catchup", Connected: true } && one.Teller.IsHeard);
        var (isHeard, age, durable) = beside.Link is { } link && !seen.IsHeard
            ? (true, beside.Teller.Age, Math.Max(link.AckedSequence, row.Durable))
            : (seen.IsHeard, seen.Age, row.Durable);
        return new PlaceStatus
        {
            Node = node,
            Address = detail?.Address ?? counted?.Address ?? "",
            Admin = detail?.Admin,
            Name = detail?.Name,
            Self = node == facts.Self,
            Role = node == facts.Head ? "head" : facts.Head is null ? "undecided" : isLast && IsTail(detail) ? "tail" : "middle",
            Heard = isHeard,
            SecondsSinceHeard = Math.Round(age.TotalSeconds, 1),
            Epoch = detail?.Role is null ? null : detail.Epoch,
            Durable = durable,
            Applied = row.Applied,
            LagEntries = isHeard ? Math.Max(0, facts.HeadSequence - row.Applied) : null,
            LagSeconds = isHeard ? detail?.LagSeconds : null,
            WritesPerSecond = isHeard ? detail?.WritesPerSecond : null,
            Ready = ReadyOf(row, detail),
            Joining = row.State.HasFlag(AckState.Joining),
            Draining = row.State.HasFlag(AckState.Draining),
            Detached = facts.Detached.Contains(node),
            Parked = detail?.Parked,
            Divergences = detail?.Divergences,
            Redelivered = detail?.Redelivered,
        };
    }

    private static bool IsTail(NodeDetail? detail) => detail?.Successors is null or [];

    /// <summary>A release that tells no more says at least of reads whether and why not.</summary>
    private static ReadyStatus? ReadyOf(AckRow row, NodeDetail? detail) => detail switch
    {
        null => null,
        { Ready: { Write: not null, Read: not null, Stale: not null } ready } => ready,
        _ => new ReadyStatus(
            Readiness.No("not told"),
            row.State.HasFlag(AckState.Readable) ? Readiness.Yes : Readiness.No(detail.NotReadable ?? "not ready"),
            Readiness.No("not told")),
    };

    private static LinkStatus LinkTo(Facts facts, PlaceStatus place)
    {
        var known = LinksTo(facts, place.Node, place.Address).Where(static one => one.Link.Part != "spare").OrderByDescending(static one => one.Teller.IsHeard).ToList();
        if (known is [{ Teller.IsHeard: true } told, ..])
        {
            return new LinkStatus(told.Teller.Detail!.Address, State(told.Link), told.Link.Connected ? null : told.Link.Why);
        }

        if (place.Self && facts.Previous is { } previous)
        {
            return !previous.Connected ? new LinkStatus(previous.Address, "down", "the stream ended")
                : previous.SecondsSinceHeartbeat < Sighting.Fresh.TotalSeconds ? new LinkStatus(previous.Address, "connected", null)
                : new LinkStatus(previous.Address, "down", $"nothing has come for {previous.SecondsSinceHeartbeat:0} s");
        }

        return new LinkStatus(known is [var stale, ..] ? stale.Teller.Detail!.Address : null, "unknown", null);
    }

    private static string State(NextStatus link) => link switch
    {
        { Part: "catchup", Connected: true } => "catchup",
        { Part: "catchup" } => "bypassed",
        { Connected: true } => "connected",
        _ => "down",
    };

    /// <summary>By its id, or, where nobody has answered there yet, by its address.</summary>
    private static IEnumerable<(Sighting Teller, NextStatus Link)> LinksTo(Facts facts, Guid? node, string? address) =>
        facts.Order.Where(one => one.Node != node).SelectMany(
            static one => one.Seen.Detail?.Successors ?? [],
            static (one, link) => (one.Seen, link)).Where(one => one.link.Node is { } answered ? answered == node : one.link.Address == address);

    /// <summary>Successors that have never answered: nobody knows who they are.</summary>
    private static IEnumerable<PlaceStatus> Unmet(Facts facts, Sighting? seen, string from) => (seen?.Detail?.Successors ?? [])
        .Where(link => link is { Node: null, Part: not "spare" })
        .Where(link => facts.Order.All(one => one.Seen.Detail?.Address != link.Address) && facts.Counted.All(one => one.Address != link.Address))
        .Select(link => new PlaceStatus { Address = link.Address, Link = new LinkStatus(from, seen!.IsHeard ? State(link) : "unknown", link.Why) });
}
