using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// In which order the workers stand, and whom each node should have for successors: all behind it, the nearest first, so that
/// any of them can be gone past. Pure. It never makes, moves or replaces a head: where the head is, the order begins.
/// </summary>
/// <remarks>
/// The order is the registry's, but: it begins at the head, and those who stood before the head come last; and where the
/// streams that run contradict it, they are right. Whoever is in no stream (down, or gone past) stays behind whom it stood.
/// Nobody new is listed unless its node can be seen to belong there: one of another chain, or with a new folder in place of
/// a known one, keeps its place, and the lists that have it already. While the first of a node's list is not connected, nothing is
/// known of what lies behind (<c>--ack chain</c> waits, no hold stands); so who does not count is taken off the lists when it is
/// down, or must be seeded.
/// </remarks>
internal static class ChainOrderRule
{
    /// <summary>A worker as it was seen.</summary>
    /// <param name="Status">Null when it could not be read.</param>
    /// <param name="IsLost">It could not be read for a while.</param>
    internal sealed record Seen(Seat Seat, NodeStatus? Status, bool IsLost = false)
    {
        /// <summary>Its node's id, as it is seen or as it was.</summary>
        public Guid? Node => Status?.NodeId ?? Seat.Node;

        /// <summary>It must be seeded before it can be brought up to date.</summary>
        public bool MustBeSeeded => Status is { } status && Seat.Gap?.Node == status.NodeId;

        public string Name => Seat.Name;

        public bool Lists(Seen other) => Status!.Successors.Any(next => next.Address == other.Seat.Worker.Teeproxy);
    }

    /// <summary>A node's successors as they should be.</summary>
    internal sealed record Wish(Worker Worker, IReadOnlyList<string> Next);

    /// <param name="Chain">The fleet's; null before it is founded.</param>
    /// <param name="Head">Null when none can be seen.</param>
    /// <param name="Members">Who was seen in the chain.</param>
    /// <param name="Order">Names.</param>
    /// <param name="Wishes">Of the nodes whose successors are others, the last of the chain first: made true in that order, they never close a ring.</param>
    /// <param name="Problems">For an operator.</param>
    internal sealed record Plan(
        Guid? Chain, Seen? Head, IReadOnlyList<Seen> Members, IReadOnlyList<string> Order, IReadOnlyList<Wish> Wishes, IReadOnlyList<string> Problems);

    /// <param name="workers">In the registry's order.</param>
    public static Plan Judge(IReadOnlyList<Seen> workers)
    {
        var chain = workers.Select(static seen => seen.Status?.Chain).FirstOrDefault(static chain => chain is not null);
        Seen[] members = [.. workers.Where(seen => chain is not null && seen.Status?.Chain == chain)];
        var epoch = members.Select(static seen => seen.Status!.Epoch).DefaultIfEmpty().Max(); // A head of an older one was replaced.
        var head = members.FirstOrDefault(seen => seen.Status!.Role == "head" && seen.Status.Epoch == epoch);
        var order = head is null ? workers : Follow(BeginAt(workers, head), Streams(members, head));
        Wish[] wishes = [.. order.Select((seen, at) => WishOf(seen, order, at, chain, head)).OfType<Wish>().Reverse()];
        return new(chain, head, members, [.. order.Select(static seen => seen.Name)], wishes, [.. Problems(workers, chain, head)]);
    }

    private static Seen[] BeginAt(IReadOnlyList<Seen> workers, Seen head)
    {
        var at = workers.TakeWhile(seen => seen != head).Count();
        return [.. workers.Skip(at), .. workers.Take(at)];
    }

    /// <summary>The nodes that the streams reach, from the head on.</summary>
    private static List<Seen> Streams(IReadOnlyList<Seen> members, Seen head)
    {
        List<Seen> reached = [head];
        while (reached[^1].Status!.Next is { Connected: true, Node: { } node } && members.FirstOrDefault(seen => seen.Status!.NodeId == node) is { } next && !reached.Contains(next))
        {
            reached.Add(next);
        }

        return reached;
    }

    /// <summary>The streams' order, and behind each node those who stood behind it and are in no stream.</summary>
    private static List<Seen> Follow(IReadOnlyList<Seen> workers, List<Seen> streams)
    {
        var behind = streams.ToDictionary(static seen => seen, static seen => new List<Seen> { seen });
        var anchor = streams[0];
        foreach (var seen in workers)
        {
            if (behind.ContainsKey(seen))
            {
                anchor = seen;
            }
            else
            {
                behind[anchor].Add(seen);
            }
        }

        return [.. streams.SelectMany(seen => behind[seen])];
    }

    private static Wish? WishOf(Seen seen, IReadOnlyList<Seen> order, int at, Guid? chain, Seen? head)
    {
        if (seen.Status is not { } status || seen.Seat.IsLeaving || IsForeign(seen, chain))
        {
            return null;
        }

        string[] next = [.. order.Skip(at + 1).Where(other => ShouldList(seen, other, chain, head)).Select(static other => other.Seat.Worker.Teeproxy)];
        return next.SequenceEqual(status.Successors.Select(static one => one.Address)) ? null : new Wish(seen.Seat.Worker, next);
    }

    private static bool ShouldList(Seen seen, Seen other, Guid? chain, Seen? head)
    {
        var counts = head is null ? other.Seat.Node is not null && !(other.Seat.IsLeaving && chain is null) : head.Status!.Nodes.Any(counted => counted.Node == other.Node);
        var isUseless = other.Seat.IsLeaving || other.MustBeSeeded || (other.Status is null && other.IsLost);
        var isFit = other.Status is null ? counts : !IsForeign(other, chain) && !HasNewFolder(other);
        return (counts || !isUseless) && (isFit || seen.Lists(other));
    }

    private static bool IsForeign(Seen seen, Guid? chain) => seen.Status?.Chain is { } own && own != chain;

    /// <summary>Its node was in the chain, and now has a folder that is in none: what its application holds, nobody knows.</summary>
    private static bool HasNewFolder(Seen seen) => seen is { Status: { Chain: null } status, Seat.Node: { } known } && known != status.NodeId;

    private static IEnumerable<string> Problems(IReadOnlyList<Seen> workers, Guid? chain, Seen? head) =>
        workers.Select(seen => ProblemOf(seen, chain)).Prepend(
            chain is not null ? head is null ? $"Nobody who can be reached leads chain {chain}: start its head, or promote another node." : null
            : workers.Any(static seen => seen.Seat.Node is not null) && workers.All(static seen => seen.Status is not null)
                ? "No node belongs to the chain any more that the registry knows: every folder is new. If that is meant, stop the registry and remove registry.json."
            : null).OfType<string>();

    private static string? ProblemOf(Seen seen, Guid? chain) =>
        seen.MustBeSeeded ? $"{seen.Name} ({seen.Seat.Worker.Teeproxy}) must be seeded: {seen.Seat.Gap!.Why}"
        : IsForeign(seen, chain)
            ? $"{seen.Name} ({seen.Seat.Worker.Teeproxy}) belongs to chain {seen.Status!.Chain}, the fleet to {chain}: seed it anew, or take it out of the fleet."
        : chain is not null && HasNewFolder(seen)
            ? $"{seen.Name} ({seen.Seat.Worker.Teeproxy}) came back with a new folder, as {seen.Status!.NodeId} instead of {seen.Seat.Node}: restore the folder, or declare at the head what it is now."
        : null;
}
