using TeeChain.Journaling;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// What this node says to the nodes beside it, and what follows from what they say: the rules are applied to it, and what
/// is answered is durable before. Thread-safe.
/// </summary>
/// <param name="applied">The last sequence before which nothing is undelivered here.</param>
internal sealed class Openings(ChainMember member, IJournal journal, ChainSettings settings, HeadLease lease, LagWindow headWindow, Func<long> applied)
{
    /// <summary>Where this node listens, as it tells others.</summary>
    public string Address => settings.Address;

    private Position Last => journal.Last.ToProtocol();

    /// <summary>What this node says when it opens to another.</summary>
    public Opening Open(Standing standing, OpeningPurpose purpose)
    {
        var membership = standing.Membership;
        return new Opening
        {
            Protocol = HopEndpoint.Version,
            Purpose = purpose,
            Chain = membership.Chain,
            Node = membership.Node,
            Journal = journal.JournalId,
            Address = settings.Address,
            Epoch = membership.Epoch,
            Head = membership.Head,
            HeadAddress = membership.HeadAddress,
            IsWithoutHead = membership.IsWithoutHead,
            View = membership.View,
            Path = [.. standing.UpstreamPath, membership.Node],
            Base = journal.Base.ToProtocol(),
            Last = Last,
            Epochs = membership.Epochs,
            Settings = settings.Digest,
            SettingsText = settings.Text,
            EagerAcks = settings.WantsEagerAcks || standing.IsUpstreamEager,
        };
    }

    /// <summary>Whether a predecessor's opening would be accepted now. Changes nothing.</summary>
    public bool WouldAccept(Opening opening) => Judge(member.Standing.Current, opening).Verdict == Verdict.Accept;

    /// <summary>Judges a predecessor's opening and makes the outcome durable: what is answered here may be relied on.</summary>
    public Task<OpeningAnswer> AnswerAsync(Opening opening, CancellationToken cancellation) => member.InTurnAsync<OpeningAnswer>(
        standing =>
        {
            var last = Last;
            var decision = Judge(standing, opening);
            decision = decision with { Next = OrphanRule.Note(decision.Next, opening.Chain, last, opening.Epochs) };
            var answer = Answer(decision.Verdict, decision.Reason, decision.Next, last);
            if (decision.Verdict != Verdict.Accept)
            {
                return new((standing with { Membership = decision.Next }, answer));
            }

            if (standing.Membership.Chain is null && decision.Next.Chain is not null)
            {
                BeginToFollow(opening);
            }

            return new((standing with { Membership = decision.Next, UpstreamPath = opening.Path, IsUpstreamEager = opening.EagerAcks, IsConfirmed = false }, answer));
        },
        cancellation);

    /// <summary>Says where this node stands; learns of a higher epoch.</summary>
    public Task<OpeningAnswer> InformAsync(Opening opening, CancellationToken cancellation) => member.InTurnAsync<OpeningAnswer>(
        standing =>
        {
            var last = Last;
            var next = OrphanRule.Note(FenceRule.Learn(standing.Membership, opening), opening.Chain, last, opening.Epochs);
            return new((standing with { Membership = next }, Answer(Verdict.Accept, "", next, last)));
        },
        cancellation);

    /// <summary>Promises an epoch to the one that wants to lead it. From then on nothing of this node's own is recorded.</summary>
    public Task<OpeningAnswer> PromiseAsync(Opening opening, CancellationToken cancellation) => member.InTurnAsync<OpeningAnswer>(
        async standing =>
        {
            // What is in the journal when the promise is made is all that it is made for.
            var wasHead = standing.Membership.Role == Role.Head;
            var last = wasHead ? (await journal.SealAsync()).ToProtocol() : Last;
            var decision = PromiseRule.Judge(new(standing.Membership, last, At(opening.Last.Sequence)), opening);
            if (decision.Verdict != Verdict.Accept && wasHead && !standing.Membership.IsTakingOffice)
            {
                // Also while it is not confirmed: nothing else would end the seal once it is.
                await journal.UnsealAsync();
            }

            return (standing with { Membership = decision.Next }, Answer(decision.Verdict, decision.Reason, decision.Next, last));
        },
        cancellation);

    /// <summary>A refusal that follows from nothing in the opening itself.</summary>
    public OpeningAnswer Refuse(Verdict verdict, string reason) => Answer(verdict, reason, member.Standing.Current.Membership, Last);

    /// <summary>Where this node stands, to one that may stream or take over.</summary>
    public OpeningAnswer Accept() => Refuse(Verdict.Accept, "");

    /// <summary>Judges a successor's answer. When it is accepted, what it confirms is durable before this returns.</summary>
    public Task<(Verdict Verdict, string Reason)> ResumeAsync(Standing opened, string nextAddress, OpeningAnswer answer, CancellationToken cancellation) =>
        member.InTurnAsync<(Verdict Verdict, string Reason)>(
            standing =>
            {
                if (!standing.OpensLike(opened))
                {
                    return new((standing, (Verdict.Busy, "this node's own place in the chain changed meanwhile; it opens again")));
                }

                var last = Last;
                var decision = ResumeRule.Judge(new(standing.Membership, nextAddress, journal.Base.ToProtocol(), last, At(answer.Last.Sequence)), answer);
                var next = standing with { Membership = OrphanRule.Note(decision.Next, answer.Chain, last, answer.Epochs) };
                if (decision.Verdict == Verdict.Accept)
                {
                    next = next with { IsReached = true, IsConfirmed = standing.IsConfirmed || ConfirmRule.Confirms(decision.Next, last, [answer]) };
                }

                return new((next, (decision.Verdict, decision.Reason)));
            },
            cancellation);

    /// <summary>Nodes that were asked have answered: they may confirm this head, or know of a higher epoch.</summary>
    public Task HearAsync(IReadOnlyList<OpeningAnswer> answers, CancellationToken cancellation) => member.InTurnAsync(
        standing =>
        {
            var last = Last;
            var membership = answers.Aggregate(standing.Membership, (now, answer) => OrphanRule.Note(FenceRule.Learn(now, answer), answer.Chain, last, answer.Epochs));
            var isConfirmed = standing.IsConfirmed || ConfirmRule.Confirms(membership, last, answers);
            return new ValueTask<(Standing, bool)>((standing with { Membership = membership, IsConfirmed = isConfirmed }, true));
        },
        cancellation);

    private OpeningRule.Decision Judge(Standing standing, Opening opening) => OpeningRule.Judge(
        new(standing.Membership, settings.Pin, Last, At(opening.Last.Sequence), settings.Digest, settings.Text), opening);

    /// <summary>A chain that is founded now is in step by nature; one that is joined late is to be caught up with first.</summary>
    private void BeginToFollow(Opening opening)
    {
        if (opening.Last.Sequence == 0)
        {
            lease.Grant();
        }
        else
        {
            headWindow.Clear();
        }
    }

    private OpeningAnswer Answer(Verdict verdict, string reason, Membership membership, Position last) => new()
    {
        Verdict = verdict,
        Reason = reason,
        Chain = membership.Chain,
        Node = membership.Node,
        Journal = journal.JournalId,
        PromisedEpoch = membership.Epoch,
        Head = membership.Head,
        HeadAddress = membership.HeadAddress,
        Epochs = membership.Epochs,
        View = membership.View,
        Nodes = membership.Others,
        IsJoining = membership.IsJoining,
        Last = last,
        Applied = applied(),
        Address = settings.Address,
        TakesRows = true,
    };

    private Position? At(long sequence) => journal.TryGetPosition(sequence, out var position) ? position.ToProtocol() : null;
}
