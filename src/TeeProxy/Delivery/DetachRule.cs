using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>Whom a head lets go of when the journal's budget is used up, or nearly so. Pure.</summary>
internal static class DetachRule
{
    /// <summary>At three quarters: who is let go then is so before a write has to wait for it.</summary>
    public static bool IsNearlyFull(long heldBytes, long budgetBytes) => heldBytes >= budgetBytes / 4 * 3;

    /// <summary>
    /// The known node that is furthest behind; null where letting go would not make room: nobody is behind this node's own
    /// application, or that holds more than whoever is behind it.
    /// </summary>
    /// <param name="applied">This node's own watermark.</param>
    /// <param name="last">The last record of its journal.</param>
    /// <param name="rows">The nodes behind this one.</param>
    /// <param name="known">The nodes that have been behind this one.</param>
    public static KnownNode? Slowest(long applied, long last, IReadOnlyList<RetentionRule.AckedRow> rows, IReadOnlyList<KnownNode> known)
    {
        var slowest = known.Where(static node => !node.IsDetached).MinBy(Needs);
        return slowest is not null && applied - Needs(slowest) is > 0 and var behind && behind >= last - applied ? slowest : null;

        long Needs(KnownNode node)
        {
            foreach (var row in rows)
            {
                if (row.Node == node.Node)
                {
                    return row.Applied;
                }
            }

            return node.NeedsBehind;
        }
    }
}
