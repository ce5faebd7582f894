using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// A predecessor's judgement of an accepting answer: it resumes right behind the successor's last record only where its
/// own record there is the same. Pure; the caller makes <see cref="Decision.Next"/> durable before it streams.
/// </summary>
internal static class ResumeRule
{
    /// <param name="Membership">As it stands.</param>
    /// <param name="NextAddress">The successor's address as configured here.</param>
    /// <param name="Base">Right before the first record still kept.</param>
    /// <param name="Last">The last record of the own journal.</param>
    /// <param name="AtTheirLast">The own record at the successor's last sequence; null when it is not kept.</param>
    internal sealed record Predecessor(Membership Membership, string NextAddress, Position Base, Position Last, Position? AtTheirLast);

    /// <param name="Verdict"><see cref="Verdict.Accept"/>: stream from behind the answer's last record.</param>
    internal sealed record Decision(Verdict Verdict, string Reason, Membership Next);

    public static Decision Judge(Predecessor self, OpeningAnswer answer)
    {
        var membership = self.Membership;
        if (Refusal(self, answer) is var (verdict, reason))
        {
            return new Decision(verdict, reason, FenceRule.Learn(membership, answer));
        }

        // Before there is a chain nothing is known of a node that could be held against it later; and one that joins does not
        // count before it has caught up.
        var detachedAt = membership.Known.FirstOrDefault(known => known.Node == answer.Node)?.DetachedAt ?? 0;
        var known = new KnownNode(answer.Node, answer.Journal, self.NextAddress, answer.Last.Sequence, DetachedAt: detachedAt);
        return new Decision(Verdict.Accept, "", membership.Chain is null || answer.IsJoining ? membership : membership.WithKnown(known));
    }

    private static (Verdict Verdict, string Reason)? Refusal(Predecessor self, OpeningAnswer answer)
    {
        if (answer.Verdict != Verdict.Accept)
        {
            return (answer.Verdict, answer.Reason);
        }

        if (answer.PromisedEpoch > self.Membership.Epoch)
        {
            return (Verdict.Epoch, $"the successor has promised epoch {answer.PromisedEpoch} under head {answer.Head}, this node is at epoch {self.Membership.Epoch}");
        }

        if (self.Membership.Removed.Contains(answer.Node))
        {
            return (Verdict.WentBack, $"node {answer.Node} was removed from the chain; give it a new folder, and seed it with its application");
        }

        if (WentBack(self, answer) is { } wentBack)
        {
            return (Verdict.WentBack, wentBack);
        }

        if (answer.Last.Sequence < self.Base.Sequence)
        {
            return (Verdict.Gap, $"the successor needs records from {answer.Last.Sequence + 1} on, and this node keeps them only from {self.Base.Sequence + 1}; seed it from another node");
        }

        if (self.Membership.Known.Any(known => known.Node == answer.Node && known.IsDetached) && answer.Applied < answer.Last.Sequence)
        {
            return (Verdict.Unable, $"node {answer.Node} was let go because what it had not applied filled the journal, and its application is only at {answer.Applied} of the {answer.Last.Sequence} records that it holds; it is taken back when it has applied them");
        }

        if (answer.Last.Sequence > self.Last.Sequence)
        {
            return (Verdict.Ahead, $"the successor holds records up to {answer.Last.Sequence}, this node only up to {self.Last.Sequence}");
        }

        return self.AtTheirLast == answer.Last
            ? null
            : (Verdict.Diverged, $"record {answer.Last.Sequence} differs: this node holds {self.AtTheirLast}, the successor {answer.Last}; nothing is copied");
    }

    private static string? WentBack(Predecessor self, OpeningAnswer answer)
    {
        foreach (var known in self.Membership.Known)
        {
            if (known.Durable == 0)
            {
                continue; // It never held anything, so nothing can be missing.
            }

            if (known.DeclaredFrom is { } from && (known.Node == answer.Node || known.Address == self.NextAddress))
            {
                if (answer.Last.Sequence >= from)
                {
                    continue;
                }

                return $"node {known.Node} was declared to hold records up to {from}, and what is there now holds only {answer.Last.Sequence}: seed its folder with \"teeproxy journal seed\"";
            }

            if (known.Node == answer.Node && known.Journal == answer.Journal && answer.Last.Sequence < known.Durable)
            {
                return $"node {known.Node} once confirmed records up to {known.Durable} and now holds only {answer.Last.Sequence}: its folder is an older copy; restore it whole and declare it rewound, or seed it with its application";
            }

            if ((known.Node == answer.Node && known.Journal != answer.Journal)
                || (known.Address == self.NextAddress && known.Node != answer.Node && answer.Last.Sequence < known.Durable))
            {
                return $"the node at {self.NextAddress} was {known.Node} with records up to {known.Durable} and is now {answer.Node} with a new folder: its records are lost while its application may still hold them; restore the folder, or declare what is there now (empty or seeded)";
            }
        }

        return null;
    }
}
