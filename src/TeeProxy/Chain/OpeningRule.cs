using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// A successor's judgement of an opening (design, section 3). Pure: the caller makes <see cref="Decision.Next"/>
/// durable before it answers.
/// </summary>
internal static class OpeningRule
{
    /// <param name="Membership">As it stands.</param>
    /// <param name="Pin">What the operator pinned.</param>
    /// <param name="Last">The last record of the own journal.</param>
    /// <param name="AtTheirLast">The own record at the opening's last sequence; null when it is not kept or not there yet.</param>
    /// <param name="Settings">Digest of the own settings that must be equal.</param>
    /// <param name="SettingsText">Those settings in words.</param>
    internal sealed record Successor(Membership Membership, RolePin Pin, Position Last, Position? AtTheirLast, string Settings, string SettingsText);

    /// <param name="Verdict">What to answer.</param>
    /// <param name="Reason">Why; empty when accepted.</param>
    /// <param name="Next">What to make durable first; the same object when nothing changes.</param>
    internal sealed record Decision(Verdict Verdict, string Reason, Membership Next);

    public static Decision Judge(Successor self, Opening opening)
    {
        var membership = self.Membership;
        return Refusal(self, opening) is var (verdict, reason)
            ? new Decision(verdict, reason, FenceRule.Learn(membership, opening))
            : new Decision(Verdict.Accept, "", Adopt(self, opening));
    }

    private static (Verdict Verdict, string Reason)? Refusal(Successor self, Opening opening)
    {
        var membership = self.Membership;
        if (opening.Protocol != HopEndpoint.Version)
        {
            return (Verdict.Protocol, $"the predecessor speaks version {opening.Protocol}, this node {HopEndpoint.Version}; run the same release on all nodes");
        }

        if (opening.Path.Contains(membership.Node))
        {
            return (Verdict.Cycle, $"the chain leads back to this node ({string.Join(" > ", opening.Path)}); the last node must have no --next");
        }

        if (opening.Settings != self.Settings)
        {
            return (Verdict.Settings, $"the settings that must be equal on all nodes differ: predecessor {opening.SettingsText}; this node {self.SettingsText}");
        }

        if (self.Pin == RolePin.Head && membership.Chain is null)
        {
            return (Verdict.Head, "this node is pinned to be the head (--role head) and takes no predecessor");
        }

        return opening.Chain is { } chain ? RefusalOfMember(self, opening, chain) : RefusalOfFresh(membership);
    }

    private static (Verdict, string)? RefusalOfFresh(Membership self) => self.Chain is { } own
        ? (Verdict.Foreign, $"this node belongs to chain {own} and the predecessor to none: its folder is new or was lost, or the nodes are wired in another order than before; nothing is copied")
        : null;

    private static (Verdict, string)? RefusalOfMember(Successor self, Opening opening, Guid chain)
    {
        var membership = self.Membership;
        if (membership.Chain is { } own && own != chain)
        {
            return (Verdict.Foreign, $"this node belongs to chain {own}, the predecessor to chain {chain}; two chains are wired together; nothing is copied");
        }

        if (opening.Epoch < membership.Epoch)
        {
            return (Verdict.Epoch, $"the predecessor is at epoch {opening.Epoch}, this node has promised epoch {membership.Epoch} under head {membership.Head}");
        }

        if (membership.Chain is not null && FenceRule.IsTooFar(membership, opening.Epoch) is { } tooFar)
        {
            return (Verdict.Epoch, tooFar);
        }

        if (membership.Role == Role.Head && opening.Epoch == membership.Epoch)
        {
            return (Verdict.Head, $"this node is the head of epoch {membership.Epoch}; a head has no predecessor");
        }

        if (membership.Head is not null && opening.Epoch == membership.Epoch && opening.Head != membership.Head)
        {
            return (Verdict.Epoch, $"the predecessor takes {opening.Head} for the head of epoch {opening.Epoch}, this node has promised it to {membership.Head}; promote the rightful one once more");
        }

        if (opening.IsWithoutHead)
        {
            return (Verdict.Epoch, $"the predecessor has only heard of epoch {opening.Epoch}, or promised it to itself, and does not follow a head of it yet ({opening.Head}): its last records may not be the chain's");
        }

        if (OrphanRule.FirstOrphan(self.Last, opening.Epochs) is { } orphan)
        {
            return (Verdict.Diverged, $"this node's records from {orphan} on were taken by a head that another one has replaced; nobody else has them. Seed it anew; they are kept in its folder");
        }

        if (self.AtTheirLast is { } same && same != opening.Last)
        {
            return (Verdict.Diverged, $"record {opening.Last.Sequence} differs: the predecessor holds {opening.Last}, this node {same}; nothing is copied");
        }

        return opening.Last.Sequence < self.Last.Sequence
            ? (Verdict.Ahead, $"this node holds records up to {self.Last.Sequence}, the predecessor only up to {opening.Last.Sequence}: it lost some, or its folder is an older copy; nothing is copied until it holds them")
            : null;
    }

    /// <summary>A node that is opened to is a replica from then on, of the opening's chain and epoch.</summary>
    private static Membership Adopt(Successor successor, Opening opening)
    {
        var self = successor.Membership;
        if (opening.Chain is null)
        {
            return self.Role == Role.Replica ? self : self with { Role = Role.Replica };
        }

        var isKnown = self is { Role: Role.Replica, IsOnlyHeardOf: false } && self.Chain == opening.Chain && self.Epoch == opening.Epoch
            && self.Head == opening.Head && self.HeadAddress == opening.HeadAddress && self.Epochs.SequenceEqual(opening.Epochs);
        var mayHaveMissed = self.IsOnlyHeardOf || self.Epoch != opening.Epoch; // It was not asked for this epoch.
        return isKnown ? self : self with
        {
            View = mayHaveMissed ? default : self.View,
            Chain = opening.Chain,
            Role = Role.Replica,
            IsTakingOffice = false,
            IsOnlyHeardOf = false,
            IsJoining = self.IsJoining || (self.Chain is null && opening.Last.Sequence > successor.Last.Sequence),
            Epoch = opening.Epoch,
            Head = opening.Head,
            HeadAddress = opening.HeadAddress,
            Epochs = opening.Epochs,
        };
    }
}
