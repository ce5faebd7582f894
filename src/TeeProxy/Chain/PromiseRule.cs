using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>Whether a node promises an epoch to the one that wants to lead it. Pure; the caller makes the promise durable before it answers.</summary>
internal static class PromiseRule
{
    /// <param name="Membership">As it stands.</param>
    /// <param name="Last">The last record of the own journal; nothing of this node's own may come behind it.</param>
    /// <param name="AtTheirLast">The own record at the candidate's last sequence; null when it is not kept or not there.</param>
    internal sealed record Voter(Membership Membership, Position Last, Position? AtTheirLast);

    public static OpeningRule.Decision Judge(Voter self, Opening opening)
    {
        var membership = self.Membership;
        return Refusal(self, opening) is var (verdict, reason)
            ? new OpeningRule.Decision(verdict, reason, membership)
            : new OpeningRule.Decision(Verdict.Accept, "", Promise(membership, opening));
    }

    /// <summary>Whether a journal that ends at <paramref name="one"/> has records that one that ends at <paramref name="other"/> lacks. A later epoch's are never among an earlier one's, however many.</summary>
    public static bool HoldsMore(Position one, Position other) => one.Sequence > other.Sequence || one.Epoch > other.Epoch;

    /// <summary>Where the candidate was told by a later head, the view held here is of a chain that went on without this node.</summary>
    private static Membership Promise(Membership self, Opening opening) =>
        self.Following(opening.Epoch, opening.Node, opening.Address, isOnlyHeardOf: opening.IsForced) with { View = opening.View.Epoch > self.View.Epoch ? default : self.View };

    private static (Verdict Verdict, string Reason)? Refusal(Voter self, Opening opening)
    {
        var membership = self.Membership;
        if (membership.Chain is null || membership.Chain != opening.Chain)
        {
            return (Verdict.Foreign, $"this node belongs to {(membership.Chain is { } own ? $"chain {own}" : "no chain")}, the candidate to chain {opening.Chain}");
        }

        if (opening.Epoch < membership.Epoch || (opening.Epoch == membership.Epoch && membership.Head != opening.Node))
        {
            return (Verdict.Epoch, $"this node has promised epoch {membership.Epoch} to {membership.Head}");
        }

        if (FenceRule.IsTooFar(membership, opening.Epoch) is { } tooFar)
        {
            return (Verdict.Epoch, tooFar);
        }

        if (opening.IsForced)
        {
            return null;
        }

        if (membership.Removed.Contains(opening.Node))
        {
            return (Verdict.WentBack, $"node {opening.Node} was removed from the chain and cannot lead it");
        }

        if (self.AtTheirLast is { } same && same != opening.Last)
        {
            return (Verdict.Diverged, $"record {opening.Last.Sequence} differs: the candidate holds {opening.Last}, this node {same}");
        }

        return HoldsMore(self.Last, opening.Last)
            ? (Verdict.Ahead, $"this node holds records up to {self.Last}, the candidate only up to {opening.Last}; promote this one")
            : null;
    }
}
