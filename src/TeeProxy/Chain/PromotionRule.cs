using System.Buffers.Binary;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>Whether a node may be promoted, and what is given up by it. Pure.</summary>
internal static class PromotionRule
{
    /// <summary>Many times this fits into <see cref="FenceRule.LongestEpochJump"/>: a node may have missed as many promotions by force.</summary>
    private const uint LongestLeap = 5_000;

    /// <summary>A node that counts, and what it answered.</summary>
    /// <param name="Answer">Null: it cannot be reached.</param>
    internal sealed record Peer(ChainNode Node, OpeningAnswer? Answer);

    /// <param name="Membership">Of the node to be promoted.</param>
    /// <param name="IsInOffice">Whether it leads already. A restarted head that nobody confirms does not, and may be promoted anew.</param>
    /// <param name="Last">The last record of its journal.</param>
    /// <param name="Peers">Every other node that counts.</param>
    /// <param name="Forced">The nodes that the operator accepts to go on without.</param>
    internal sealed record Candidacy(Membership Membership, bool IsInOffice, Position Last, IReadOnlyList<Peer> Peers, IReadOnlySet<Guid> Forced)
    {
        /// <summary>Who led last, as far as is known here: who told of the chain last where whoever the epoch was promised to has never led it.</summary>
        public ChainNode? Head => Peers.FirstOrDefault(peer => peer.Node.Node == (HasNobodyLed && Membership.Nodes is [var told, ..] ? told.Node : Membership.Head))?.Node;

        private bool HasNobodyLed => Membership.Head == Membership.Node
            || Peers.Any(peer => peer.Answer is { } answer && answer.Node == Membership.Head && answer.Head == answer.Node && answer.View.Epoch < Membership.Epoch);

        /// <summary>The head, when it can be reached and still leads: it hands over first.</summary>
        public Peer? LivingHead => Peers.FirstOrDefault(peer =>
            peer.Node.Node == Membership.Head && peer.Answer is { } answer && answer.Head == answer.Node && answer.PromisedEpoch == Membership.Epoch);
    }

    /// <param name="Refusal">Why not; null when it may.</param>
    /// <param name="Epoch">The epoch to lead.</param>
    /// <param name="Skipped">The nodes that are gone on without.</param>
    internal sealed record Decision(string? Refusal, long Epoch, IReadOnlyList<ChainNode> Skipped);

    public static Decision Judge(Candidacy self)
    {
        var membership = self.Membership;
        if (membership.Chain is null)
        {
            return Refused("this node belongs to no chain yet; a fresh chain has its head by its first write");
        }

        if (self.IsInOffice)
        {
            return Refused($"this node is the head of epoch {membership.Epoch} already");
        }

        if (WhyUnfit(self) is { } unfit && !self.Forced.Contains(membership.Node))
        {
            return Refused($"{unfit}; promote another, or name this node itself ({membership.Node}) with force: its records count then, and what others hold of which it does not know may be lost");
        }

        var skipped = new List<ChainNode>();
        var epoch = membership.Epoch;
        var mayBeHigher = WhyUnfit(self) is not null;
        foreach (var peer in self.Peers)
        {
            epoch = Math.Max(epoch, peer.Answer?.PromisedEpoch ?? 0);
            if (WhyNotWith(self, peer) is not { } why)
            {
                continue;
            }

            if (!self.Forced.Contains(peer.Node.Node))
            {
                return Refused(why);
            }

            skipped.Add(peer.Node);
            mayBeHigher |= peer.Answer?.Node != peer.Node.Node;
        }

        // A head that nobody can reach is what promotion is for.
        skipped.AddRange(self.Peers.Where(peer => peer.Answer is null && peer.Node == self.Head && !skipped.Contains(peer.Node)).Select(peer => peer.Node));
        return new Decision(null, epoch + (mayBeHigher ? Leap(membership.Node) : 1), skipped);
    }

    /// <summary>Whom the answers name that are told by the same head or a later one, and who was not asked: to this node they were not told, or not yet.</summary>
    public static IReadOnlyList<ChainNode> Unasked(Membership self, IReadOnlyList<Peer> asked) =>
        [.. asked.Where(peer => peer.Answer is { } answer && answer.Chain == self.Chain && answer.View.Epoch >= self.View.Epoch)
            .SelectMany(static peer => peer.Answer!.Nodes)
            .Where(told => told.Node != self.Node && !self.Removed.Contains(told.Node) && asked.All(peer => peer.Node.Node != told.Node))
            .DistinctBy(static told => told.Node)];

    /// <summary>
    /// The promise of the epoch to oneself. Null when another epoch was heard of since everybody was asked (who was silent
    /// then may lead now), or of a node that was not asked: it may count by now.
    /// </summary>
    public static Standing? Candidate(Standing standing, Candidacy self, Decision decision, string address)
    {
        var membership = standing.Membership;
        return membership.Epoch != self.Membership.Epoch || membership.Others.Any(other => self.Peers.All(peer => peer.Node.Node != other.Node))
            ? null
            : standing with { Membership = membership.Following(decision.Epoch, membership.Node, address) };
    }

    /// <summary>
    /// The one change that makes a head. Everybody who counts, and is not skipped, counts behind it from now on. Null when
    /// this node has promised a higher epoch to another since: that epoch has its head.
    /// </summary>
    public static Standing? Lead(Standing standing, Candidacy self, Decision decision)
    {
        var membership = standing.Membership;
        if (membership.Epoch != decision.Epoch || membership.Head != membership.Node)
        {
            return null;
        }

        var next = self.Peers.Where(peer => !decision.Skipped.Contains(peer.Node) && membership.Known.All(known => known.Node != peer.Node.Node))
            .Aggregate(membership, static (now, peer) => now.WithKnown(new KnownNode(peer.Node.Node, peer.Answer!.Journal, peer.Node.Address, peer.Answer.Last.Sequence)));
        return standing with
        {
            Membership = next with
            {
                Role = Role.Head,
                IsTakingOffice = true,
                IsJoining = false,
                IsOnlyHeardOf = false, // So it may be if a node that is gone is skipped at this node's own address.
                OrphansFrom = null, // What it holds is the chain's from now on.
                Known = [.. next.Known.Where(known => decision.Skipped.All(skipped => skipped.Node != known.Node))],
            },
            UpstreamPath = [],
            IsUpstreamEager = false,
            IsReached = true,
            IsConfirmed = true,
        };
    }

    /// <summary>Why the chain may have gone on without this node, or count others of which it does not know.</summary>
    private static string? WhyUnfit(Candidacy self) => self.Membership switch
    {
        { IsJoining: true } => "this node is still being brought up to date and does not count",
        { OrphansFrom: { } orphan } => $"this node holds records from {orphan} on that the chain went on without",
        { IsListed: false } => "the head has not told this node yet that it counts",
        { IsOnlyHeardOf: true } membership when self.Peers.Any(peer => peer.Node.Node == membership.Head && peer.Answer is null) =>
            $"this node has only heard of epoch {membership.Epoch}, and its head {membership.Head} cannot be reached",
        _ => null,
    };

    private static string? WhyNotWith(Candidacy self, Peer peer)
    {
        var (node, address) = peer.Node;
        if (peer.Answer is not { } answer)
        {
            return peer.Node == self.Head ? null
                : $"node {node} at {address} cannot be reached and might still follow the old head; bring it back, remove it, or name it with force";
        }

        if (answer.Chain != self.Membership.Chain || answer.Node != node)
        {
            return $"at {address} there is node {answer.Node} of {(answer.Chain is { } chain ? $"chain {chain}" : "no chain")} instead of node {node}; declare or remove it, or name it with force";
        }

        // A living head hands over what it has more.
        return PromiseRule.HoldsMore(answer.Last, self.Last) && peer != self.LivingHead
            ? $"node {node} at {address} holds records up to {answer.Last}, this node only up to {self.Last}; promote that one, or name it with force and lose what it has more"
            : null;
    }

    /// <summary>
    /// Whoever is forced past without an answer may have led epochs of which nobody here has heard. So that no epoch has two
    /// heads, the next one is far above, by another number on each node.
    /// </summary>
    private static long Leap(Guid node) => 2 + (BinaryPrimitives.ReadUInt32LittleEndian(node.ToByteArray()) % LongestLeap);

    private static Decision Refused(string why) => new(why, 0, []);
}
