using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class PromotionRuleTests
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Position Ten = new(10, 2, 0xaa);
    private static readonly ChainNode Self = new(Guid.NewGuid(), ":9001");
    private static readonly ChainNode Head = new(Guid.NewGuid(), ":9000");
    private static readonly ChainNode Tail = new(Guid.NewGuid(), ":9002");

    private static readonly Membership Replica = new()
    {
        Node = Self.Node,
        Chain = TheChain,
        Role = Role.Replica,
        Epoch = 2,
        Head = Head.Node,
        HeadAddress = Head.Address,
        View = new ViewVersion(2, 1),
        Nodes = [Head, Self, Tail],
    };

    private static readonly Gen<PromotionRule.Peer> AnyPeer =
        from node in Gen.Elements(Head, Tail, new ChainNode(Guid.NewGuid(), ":9003"))
        from isThere in Gen.Elements(true, true, false)
        from epoch in Gen.Elements(1L, 2L, 3L, 7L)
        from last in Gen.Elements(9L, 10L, 11L)
        from chain in Gen.Frequency((5, Gen.Constant<Guid?>(TheChain)), (1, Gen.Constant<Guid?>(null)))
        select new PromotionRule.Peer(node, isThere ? Answer(node, epoch, last) with { Chain = chain } : null);

    private static readonly Gen<PromotionRule.Candidacy> Candidacies =
        from peers in AnyPeer.ArrayOf()
        let distinct = peers.DistinctBy(peer => peer.Node).ToArray()
        from forced in Gen.SubListOf(distinct.Select(peer => peer.Node.Node).ToArray())
        select new PromotionRule.Candidacy(Replica, false, Ten, distinct, forced.ToHashSet());

    [Fact]
    public void With_the_head_gone_and_everybody_else_here_the_next_epoch_is_led_without_it()
    {
        var decision = Judge(Replica, [new(Head, null), new(Tail, Answer(Tail))]);

        Assert.Equal((null, 3L), (decision.Refusal, decision.Epoch));
        Assert.Equal([Head], decision.Skipped);
    }

    [Fact]
    public void With_a_living_head_nobody_is_skipped_even_where_that_holds_more()
    {
        var candidacy = new PromotionRule.Candidacy(Replica, false, Ten, [new(Head, Answer(Head, last: 50)), new(Tail, Answer(Tail))], new HashSet<Guid>());

        var decision = PromotionRule.Judge(candidacy);

        Assert.Equal(Head, candidacy.LivingHead!.Node);
        Assert.Equal((null, 3L), (decision.Refusal, decision.Epoch));
        Assert.Empty(decision.Skipped);
    }

    [Fact]
    public void A_head_that_has_promised_a_higher_epoch_leads_no_more()
    {
        var candidacy = new PromotionRule.Candidacy(Replica, false, Ten, [new(Head, Answer(Head, epoch: 3) with { Head = Tail.Node })], new HashSet<Guid>());

        Assert.Null(candidacy.LivingHead);
    }

    [Fact]
    public void The_epoch_is_above_all_that_anybody_has_promised() =>
        Assert.Equal(8, Judge(Replica, [new(Head, null), new(Tail, Answer(Tail, epoch: 7))]).Epoch);

    [Fact]
    public void A_node_of_no_chain_is_not_promoted() => AssertRefused("belongs to no chain yet", Replica with { Chain = null }, []);

    [Fact]
    public void A_head_is_not_promoted() => AssertRefused("the head of epoch 2 already", Replica with { Role = Role.Head }, []);

    [Fact]
    public void A_head_that_a_crash_kept_from_its_office_is_promoted_again() =>
        Assert.Null(Judge(Replica with { Role = Role.Head, Head = Self.Node, IsTakingOffice = true }, [new(Tail, Answer(Tail))]).Refusal);

    [Fact]
    public void A_node_that_joins_leads_only_where_it_is_named_itself() => AssertItselfByForceOnly("still being brought up to date", Replica with { IsJoining = true });

    [Fact]
    public void A_node_that_was_never_told_that_it_counts_leads_only_where_it_is_named_itself()
    {
        AssertItselfByForceOnly("not told this node yet that it counts", Replica with { Nodes = [Head, Tail] });
        AssertItselfByForceOnly("not told this node yet that it counts", Replica with { View = default });
    }

    [Fact]
    public void A_node_without_which_the_chain_went_on_leads_only_where_it_is_named_itself() =>
        AssertItselfByForceOnly("records from 8 on that the chain went on without", Replica with { OrphansFrom = 8 });

    [Fact]
    public void Past_a_head_of_which_a_node_has_only_heard_it_leads_only_where_it_is_named_itself() =>
        AssertItselfByForceOnly("has only heard of epoch 2", Replica with { IsOnlyHeardOf = true });

    [Fact]
    public void After_a_candidacy_that_failed_the_head_before_may_still_be_gone_past()
    {
        var own = Replica with { Epoch = 3, Head = Self.Node, HeadAddress = Self.Address };
        var tails = Replica with { Epoch = 3, Head = Tail.Node, HeadAddress = Tail.Address };

        Assert.Equal([Head], Judge(own, [new(Head, null), new(Tail, Answer(Tail, epoch: 3) with { Head = Self.Node })]).Skipped);
        Assert.Equal([Head], Judge(tails, [new(Head, null), new(Tail, Answer(Tail, epoch: 3) with { Head = Tail.Node, View = new(2, 9) })]).Skipped);
        AssertRefused("cannot be reached", tails, [new(Head, null), new(Tail, Answer(Tail, epoch: 3) with { Head = Tail.Node, View = new(3, 1) })]);
    }

    [Fact]
    public void Whoever_is_forced_past_without_an_answer_may_have_led_so_two_such_candidates_never_meet_in_an_epoch()
    {
        PromotionRule.Peer[] silent = [new(Head, null), new(Tail, null)];
        PromotionRule.Peer[] ahead = [new(Head, null), new(Tail, Answer(Tail, last: 11))];
        var (one, two) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));

        var (ones, twos) = (Forced(one), Forced(two));

        Assert.NotEqual(ones, twos);
        Assert.InRange(Math.Min(ones, twos), 4, 2 + (FenceRule.LongestEpochJump / 100));
        Assert.Equal(3, Judge(Replica, ahead, Tail.Node).Epoch);

        long Forced(Guid node) => Judge(Replica with { Node = node, Nodes = [Head, new(node, ":9001"), Tail] }, silent, Tail.Node).Epoch;
    }

    [Fact]
    public void A_node_that_cannot_be_reached_and_is_not_the_head_must_be_named() => AssertSkippedByForceOnly("cannot be reached", new(Tail, null));

    [Fact]
    public void A_node_that_holds_more_must_be_promoted_itself_or_named() => AssertSkippedByForceOnly("records up to 11 (epoch", new(Tail, Answer(Tail, last: 11)));

    [Fact]
    public void Another_node_at_its_address_must_be_named() => AssertSkippedByForceOnly("instead of node", new(Tail, Answer(Tail) with { Node = Guid.NewGuid() }));

    [Fact]
    public void A_node_of_another_chain_at_its_address_must_be_named()
    {
        AssertSkippedByForceOnly("of chain", new(Tail, Answer(Tail) with { Chain = Guid.NewGuid() }));
        AssertSkippedByForceOnly("of no chain", new(Tail, Answer(Tail) with { Chain = null }));
    }

    [Fact]
    public void A_node_that_is_sound_is_not_skipped_even_if_it_is_named() =>
        Assert.Equal([Head], Judge(Replica, [new(Head, null), new(Tail, Answer(Tail))], Tail.Node).Skipped);

    [Fact]
    public void Only_the_named_and_a_silent_head_are_gone_on_without_and_the_epoch_is_new_to_everybody() =>
        Prop.ForAll(
            Candidacies.ToArbitrary(),
            candidacy =>
            {
                var decision = PromotionRule.Judge(candidacy);
                if (decision.Refusal is not null)
                {
                    return decision.Skipped.Count == 0;
                }

                var living = candidacy.LivingHead;
                return candidacy.Peers.All(peer => decision.Epoch > (peer.Answer?.PromisedEpoch ?? 0))
                    && decision.Epoch > candidacy.Membership.Epoch
                    && decision.Skipped.All(node => candidacy.Forced.Contains(node.Node) || (node == Head && candidacy.Peers.Single(peer => peer.Node == node).Answer is null))
                    && candidacy.Peers.Where(peer => !decision.Skipped.Contains(peer.Node)).All(
                        peer => peer.Answer is { } answer && answer.Chain == TheChain && (answer.Last.Sequence <= Ten.Sequence || peer == living));
            }).QuickCheckThrowOnFailure();

    private static void AssertSkippedByForceOnly(string why, PromotionRule.Peer peer)
    {
        PromotionRule.Peer[] peers = [new(Head, null), peer];

        AssertRefused(why, Replica, peers);
        var decision = Judge(Replica, peers, peer.Node.Node);

        Assert.Null(decision.Refusal);
        Assert.Equal([peer.Node, Head], decision.Skipped);
    }

    private static void AssertItselfByForceOnly(string why, Membership membership)
    {
        PromotionRule.Peer[] peers = [new(Head, null), new(Tail, Answer(Tail))];

        AssertRefused(why, membership, peers);
        Assert.Contains($"({Self.Node}) with force", Judge(membership, peers, Head.Node).Refusal, StringComparison.Ordinal);
        var decision = Judge(membership, peers, Self.Node);

        Assert.Null(decision.Refusal);
        Assert.Equal([Head], decision.Skipped);
        Assert.True(decision.Epoch > 3);
    }

    private static void AssertRefused(string why, Membership membership, PromotionRule.Peer[] peers)
    {
        var decision = Judge(membership, peers);

        Assert.Contains(why, decision.Refusal, StringComparison.Ordinal);
        Assert.Empty(decision.Skipped);
    }

    private static PromotionRule.Decision Judge(Membership membership, PromotionRule.Peer[] peers, params Guid[] forced) =>
        PromotionRule.Judge(new(membership, membership is { Role: Role.Head, IsTakingOffice: false }, Ten, peers, forced.ToHashSet()));

    private static OpeningAnswer Answer(ChainNode node, long epoch = 2, long last = 10) => new()
    {
        Verdict = Verdict.Accept,
        Reason = "",
        Chain = TheChain,
        Node = node.Node,
        Journal = Guid.NewGuid(),
        PromisedEpoch = epoch,
        Head = Head.Node,
        Last = new Position(last, 2, 0xaa),
        Address = node.Address,
    };
}
