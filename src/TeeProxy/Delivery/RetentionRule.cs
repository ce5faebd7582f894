using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>What everybody has passed: who is here by its row, who is away by what it last confirmed. Pure.</summary>
internal static class RetentionRule
{
    /// <summary>Records up to the one returned are needed by nobody any more.</summary>
    /// <param name="applied">This node's own watermark.</param>
    /// <param name="rows">The nodes behind this one, nearest first.</param>
    /// <param name="known">The nodes that have been behind this one.</param>
    /// <param name="listed">How many successors this node has listed: one that was never here needs everything.</param>
    public static long Passed(long applied, IReadOnlyList<AckedRow> rows, IReadOnlyList<KnownNode> known, int listed)
    {
        var passed = applied;
        foreach (var node in known)
        {
            if (!node.IsDetached && rows.All(row => row.Node != node.Node))
            {
                passed = Math.Min(passed, node.NeedsBehind);
            }
        }

        foreach (var row in rows)
        {
            if (!known.Any(node => node.Node == row.Node && node.IsDetached))
            {
                passed = Math.Min(passed, row.Applied);
            }
        }

        return listed > known.Select(static node => node.Node).Union(rows.Select(static row => row.Node)).Count() ? 0 : passed;
    }

    /// <summary>The part of a row that matters here.</summary>
    internal readonly record struct AckedRow(Guid Node, long Applied);
}
