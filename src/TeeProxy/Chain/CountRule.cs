using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// Who counts, as the head decides it. A node that is new is announced first, in the view that the heartbeats bring to all;
/// it counts once every node that counted before has that view on disk. So whoever of them is promoted when this head is
/// gone asks it, and nothing may rest on its disk before (Raft's change of members, with all nodes for the majority). Pure.
/// </summary>
internal static class CountRule
{
    /// <summary>What a head tells after a change: who is known and not counted yet is announced. Each change is a new version.</summary>
    public static Membership Tell(Membership before, Membership after)
    {
        if (after.Role != Role.Head || ReferenceEquals(before, after))
        {
            return after;
        }

        var known = after.Counted.ToDictionary(static one => one.Node, static one => new ChainNode(one.Node, one.Address));
        ChainNode[] counting = [new(after.Node, after.HeadAddress ?? ""), .. after.Nodes.Where(one => known.ContainsKey(one.Node)).Select(one => known[one.Node])];
        ChainNode[] announced = [.. known.Values.Where(one => counting.All(other => other.Node != one.Node))];
        var next = counting.Length == 1
            ? after with { Nodes = [.. counting, .. announced], Announced = [] } // There is nobody else to be told.
            : after with { Nodes = counting, Announced = announced };
        return after.View.Epoch == after.Epoch && SayTheSame(before, next)
            ? next
            : next with { View = new(after.Epoch, after.View.Epoch == after.Epoch ? after.View.Counter + 1 : 1) };
    }

    /// <summary>The announced nodes count from now on, if everybody holds what the head tells. The same object when they do not.</summary>
    /// <param name="rows">Of the nodes behind the head.</param>
    public static Membership Count(Membership head, IEnumerable<AckRow> rows) =>
        head is { Role: Role.Head, Announced.Count: > 0 } && WaitsFor(head, rows).Count == 0
            ? head with { Nodes = [.. head.Nodes, .. head.Announced], Announced = [] }
            : head;

    /// <summary>The nodes that count and of which it is not known that they hold what the head tells.</summary>
    public static IReadOnlyList<ChainNode> WaitsFor(Membership head, IEnumerable<AckRow> rows)
    {
        var told = rows.Where(row => !head.View.IsNewerThan(row.View)).Select(static row => row.Node).ToHashSet();
        return [.. head.Nodes.Where(one => one.Node != head.Node && !told.Contains(one.Node))];
    }

    private static bool SayTheSame(Membership one, Membership other)
    {
        var (a, b) = (ViewRule.Of(one), ViewRule.Of(other));
        return a.Nodes.SequenceEqual(b.Nodes) && a.Announced.SequenceEqual(b.Announced)
            && a.Declared.SequenceEqual(b.Declared) && a.Detached.SequenceEqual(b.Detached) && a.Removed.SequenceEqual(b.Removed);
    }
}
