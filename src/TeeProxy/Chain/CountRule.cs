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
        var atOnce = counting.Length == 1 ? 1 : 0; // There is nobody else to be told of the first.
        var next = after with { Nodes = [.. counting, .. announced.Take(atOnce)], Announced = [.. announced.Skip(atOnce)] };
        return after.View.Epoch == after.Epoch && SayTheSame(before, next)
            ? next
            : next with { View = new(after.Epoch, after.View.Epoch == after.Epoch ? after.View.Counter + 1 : 1) };
    }

    /// <summary>
    /// Those of the announced nodes that hold what the head tells count from now on, if everybody who counts does too. The same
    /// object when that is nobody.
    /// </summary>
    /// <param name="rows">Of the nodes behind the head.</param>
    public static Membership Count(Membership head, IEnumerable<AckRow> rows)
    {
        var told = rows.Where(row => !head.View.IsNewerThan(row.View)).Select(static row => row.Node).ToHashSet();
        return head.Role == Role.Head && head.Announced.Any(one => told.Contains(one.Node)) && head.Nodes.All(one => one.Node == head.Node || told.Contains(one.Node))
            ? head with { Nodes = [.. head.Nodes, .. head.Announced.Where(one => told.Contains(one.Node))], Announced = [.. head.Announced.Where(one => !told.Contains(one.Node))] }
            : head;
    }

    private static bool SayTheSame(Membership one, Membership other)
    {
        var (a, b) = (ViewRule.Of(one), ViewRule.Of(other));
        return a.Nodes.SequenceEqual(b.Nodes) && a.Announced.SequenceEqual(b.Announced)
            && a.Declared.SequenceEqual(b.Declared) && a.Detached.SequenceEqual(b.Detached) && a.Removed.SequenceEqual(b.Removed);
    }
}
