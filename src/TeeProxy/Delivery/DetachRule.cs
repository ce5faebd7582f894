using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>Whom a head lets go of when what its journal holds nears the budget. Pure.</summary>
internal static class DetachRule
{
    /// <summary>The known node that is furthest behind; null while there is room, or where this node itself is the slowest.</summary>
    public static KnownNode? Choose(long heldBytes, long budgetBytes, long applied, IReadOnlyList<RetentionRule.AckedRow> rows, IReadOnlyList<KnownNode> known)
    {
        // At three quarters: a second's writes come before the next look.
        if (heldBytes < budgetBytes / 4 * 3)
        {
            return null;
        }

        var slowest = known.Where(static node => !node.IsDetached).MinBy(Needs);
        return slowest is not null && Needs(slowest) < applied ? slowest : null;

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
