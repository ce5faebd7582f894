using TeeChain.Journaling;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>Opens to a node for an answer; null when it cannot be reached in time.</summary>
internal delegate Task<OpeningAnswer?> AskNode(string address, Opening opening, TimeSpan patience, CancellationToken cancellation);

/// <summary>
/// Makes this replica the head, when an operator says so:
/// <code>
///   1 ask everybody   2 judge   3 the old head, if it lives, hands over   4 promise the epoch to oneself, let go of the
///   predecessor   5 have everybody promise it   6 be the head, durably   7 record the epoch's first record
/// </code>
/// A crash or a refusal after 4 leaves a chain without a head, never one with two; then an operator promotes again.
/// </summary>
/// <param name="endPredecessor">Ends the stream from the predecessor; what it brought is durable when it completes.</param>
/// <param name="inOffice">Called once this node leads.</param>
internal sealed class Promotion(
    ChainMember member, Openings openings, Office office, IJournal journal, HeadLease lease, AskNode ask, Func<CancellationToken, Task> endPredecessor, Action inOffice) : IDisposable
{
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(2);

    /// <summary>Longer than <see cref="HandOver.Patience"/>, so that the old head's own words come back.</summary>
    private static readonly TimeSpan HandOverPatience = HandOver.Patience + TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>What became of it.</summary>
    /// <param name="Refusal">Why not; null when this node leads.</param>
    /// <param name="Epoch">The epoch that it leads.</param>
    /// <param name="Sequence">The epoch's first record.</param>
    /// <param name="Skipped">The nodes that it goes on without.</param>
    /// <param name="MayBeMissing">Which writes may be lost by that, in words; null when none can be.</param>
    internal sealed record Result(string? Refusal, long Epoch, long Sequence, IReadOnlyList<ChainNode> Skipped, string? MayBeMissing);

    /// <param name="forced">Nodes that the operator accepts to go on without.</param>
    public async Task<Result> RunAsync(IReadOnlySet<Guid> forced, CancellationToken cancellation)
    {
        if (!await _one.WaitAsync(TimeSpan.Zero, cancellation))
        {
            return Refused("a promotion is under way here already");
        }

        try
        {
            return await PromoteAsync(forced, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<Result> PromoteAsync(IReadOnlySet<Guid> forced, CancellationToken cancellation)
    {
        var candidacy = await AskAllAsync(forced, cancellation);
        var decision = PromotionRule.Judge(candidacy);
        if (decision.Refusal is { } refusal)
        {
            return Refused(refusal);
        }

        if (candidacy.LivingHead is { } head && !decision.Skipped.Contains(head.Node)
            && await HandOverAsync(head.Node, cancellation) is { } notHandedOver)
        {
            return Refused(notHandedOver);
        }

        // From here on the old head's entries are refused; what came until now counts.
        if (await ChangeAsync(standing => PromotionRule.Candidate(standing, candidacy, decision, openings.Address), cancellation) is { } overtaken)
        {
            return Refused(overtaken);
        }

        await endPredecessor(cancellation);
        if (await CollectAsync(candidacy, decision, cancellation) is { } unpromised)
        {
            return Refused($"{unpromised} This node has promised epoch {decision.Epoch} to itself, so the old head leads no more; promote again");
        }

        var lastHeard = lease.Last.LastSequence;
        if (await ChangeAsync(standing => PromotionRule.Lead(standing, candidacy, decision), cancellation) is { } overtakenLater)
        {
            return Refused(overtakenLater);
        }

        if (await office.TakeAsync(cancellation) is not Admittance.Admitted)
        {
            return Refused($"the first record of epoch {decision.Epoch} cannot be written; it is tried again");
        }

        inOffice();
        var first = member.Standing.Current.Membership.Epochs[^1].First;
        return new Result(null, decision.Epoch, first, decision.Skipped, Missing(decision, first - 1, lastHeard));
    }

    private async Task<PromotionRule.Candidacy> AskAllAsync(IReadOnlySet<Guid> forced, CancellationToken cancellation)
    {
        var standing = member.Standing.Current;
        var question = openings.Open(standing, OpeningPurpose.Ask);
        var peers = new List<PromotionRule.Peer>();
        for (var round = standing.Membership.Others; round.Count > 0; round = PromotionRule.Unasked(standing.Membership, peers))
        {
            var answers = await Task.WhenAll(round.Select(node => ask(node.Address, question, AskPatience, cancellation)));
            peers.AddRange(round.Zip(answers, static (node, answer) => new PromotionRule.Peer(node, answer)));
        }

        return new(standing.Membership, member.Standing.Current.MayTakeWrites, journal.Last.ToProtocol(), peers, forced);
    }

    /// <summary>Null once this node holds all that the old head has.</summary>
    private async Task<string?> HandOverAsync(ChainNode head, CancellationToken cancellation)
    {
        var answer = await ask(head.Address, openings.Open(member.Standing.Current, OpeningPurpose.HandOver), HandOverPatience, cancellation);
        return answer switch
        {
            null => $"the head at {head.Address} has not handed over in {HandOverPatience.TotalSeconds} s; it goes on. Promote again, or name node {head.Node} with force",
            { Verdict: Verdict.Head } when PromiseRule.HoldsMore(answer.Last, journal.Last.ToProtocol()) =>
                $"the head at {head.Address} takes no writes and holds records up to {answer.Last}, this node only up to {journal.Last.ToProtocol()}; promote again once it has handed them on",
            { Verdict: Verdict.Head } => null, // It takes no writes as it is; its promise will do.
            { Verdict: not Verdict.Accept } => $"the head at {head.Address} does not hand over: {answer.Reason}; it goes on",
            _ when answer.Last != journal.Last.ToProtocol() => $"the head at {head.Address} ends with record {answer.Last}, this node with {journal.Last.ToProtocol()}; promote again",
            _ => null,
        };
    }

    /// <summary>Null once everybody who counts has promised. Who is skipped is asked too, and may be silent.</summary>
    private async Task<string?> CollectAsync(PromotionRule.Candidacy candidacy, PromotionRule.Decision decision, CancellationToken cancellation)
    {
        var opening = openings.Open(member.Standing.Current, OpeningPurpose.Promise) with { Epoch = decision.Epoch };
        var answers = await Task.WhenAll(candidacy.Peers.Select(peer =>
            ask(peer.Node.Address, opening with { IsForced = decision.Skipped.Contains(peer.Node) }, AskPatience, cancellation)));
        for (var i = 0; i < answers.Length; i++)
        {
            var node = candidacy.Peers[i].Node;
            if (!decision.Skipped.Contains(node) && answers[i] is not { Verdict: Verdict.Accept })
            {
                return $"Node {node.Node} at {node.Address} has not promised: {answers[i]?.Reason ?? "it did not answer"}.";
            }
        }

        return null;
    }

    /// <summary>Null when the standing is now what <paramref name="change"/> makes of it; why not, when that is nothing.</summary>
    private Task<string?> ChangeAsync(Func<Standing, Standing?> change, CancellationToken cancellation) => member.InTurnAsync<string?>(
        standing => new(change(standing) is { } next
            ? (next, null)
            : (standing, $"what is known here of the chain has changed meanwhile (epoch {standing.Membership.Epoch}, promised to {standing.Membership.Head}); promote again")),
        cancellation);

    private static string? Missing(PromotionRule.Decision decision, long last, long lastHeard) => decision.Skipped.Count == 0 ? null
        : $"writes behind sequence {last} that only the skipped nodes hold"
            + (lastHeard > last ? $"; the old head was at {lastHeard} when it was last heard" : "; none was heard of")
            + ". A client whose write is among them has its answer only under --ack local";

    private static Result Refused(string why) => new(why, 0, 0, [], null);
}
