using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

/// <summary>What a candidate becomes when others are promoted meanwhile: never a second head of an epoch.</summary>
public sealed class LeadingTests
{
    private static readonly Guid Self = Guid.NewGuid();
    private static readonly Guid Rival = Guid.NewGuid();
    private static readonly Position Last = new(10, 1, 0xaa);
    private static readonly PromotionRule.Decision Decision = new(null, 2, []);

    private static Membership Replica => new() { Node = Self, Chain = Guid.NewGuid(), Role = Role.Replica, Epoch = 1, Head = Rival, HeadAddress = ":9000", View = new(1, 3), Nodes = [new(Self, ":9001")] };

    [Fact]
    public void The_epoch_is_promised_to_oneself_and_then_led()
    {
        var asked = Replica;

        var candidate = PromotionRule.Candidate(Standing(asked), Candidacy(asked), Decision, ":9001");
        var head = PromotionRule.Lead(candidate!, Candidacy(asked), Decision);

        Assert.Equal((Role.Replica, 2, Self), (candidate!.Membership.Role, candidate.Membership.Epoch, candidate.Membership.Head));
        Assert.Equal((Role.Head, true, 2), (head!.Membership.Role, head.Membership.IsTakingOffice, head.Membership.Epoch));
    }

    [Fact]
    public void Whoever_was_silent_may_have_been_promoted_since_so_an_epoch_that_was_heard_of_ends_the_candidacy() =>
        Assert.Null(PromotionRule.Candidate(Standing(Replica.Following(2, Rival, ":9002")), Candidacy(Replica), Decision, ":9001"));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void An_epoch_that_was_promised_to_another_is_not_led(long epoch) =>
        Assert.Null(PromotionRule.Lead(Standing(Replica.Following(epoch, Rival, ":9002")), Candidacy(Replica), Decision));

    [Fact]
    public void A_restarted_head_that_nobody_confirms_knows_by_itself_who_belongs_to_the_chain()
    {
        var head = CountRule.Tell(Replica, Replica with { Role = Role.Head, Head = Self, HeadAddress = ":9001", Nodes = [] });

        Assert.Null(PromotionRule.Judge(Candidacy(head)).Refusal);
    }

    [Fact]
    public void A_node_that_is_known_only_since_everybody_was_asked_ends_the_candidacy()
    {
        var (asked, told) = (Replica, Replica with { View = new(1, 4), Announced = [new(Guid.NewGuid(), ":9003")] });

        Assert.Null(PromotionRule.Candidate(Standing(told), Candidacy(asked), Decision, ":9001"));
    }

    [Fact]
    public void A_shorter_journal_of_a_later_epoch_holds_more()
    {
        var (self, peer) = (Replica, new ChainNode(Guid.NewGuid(), ":9002"));
        var later = new Position(9, 2, 0xbb);

        var decision = PromotionRule.Judge(Candidacy(self) with { Membership = self with { Nodes = [peer, new(Self, ":9001")] }, Peers = [new(peer, Answer(peer.Node, self.Chain) with { Last = later })] });

        Assert.Contains("holds records up to 9 (epoch 2", decision.Refusal, StringComparison.Ordinal);
        Assert.True(PromiseRule.HoldsMore(later, Last));
        Assert.True(PromiseRule.HoldsMore(Last, later));
        Assert.False(PromiseRule.HoldsMore(Last, Last));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)] // What one was told by an earlier head may be over.
    public void Whom_an_answer_names_is_asked_too(long toldIn, int asked)
    {
        var (self, peer) = (Replica, new ChainNode(Rival, ":9000"));
        var answer = Answer(Rival, self.Chain) with { View = new(toldIn, 9), Nodes = [peer, new ChainNode(Self, ":9001"), new ChainNode(Guid.NewGuid(), ":9003")] };

        Assert.Equal(asked, PromotionRule.Unasked(self, [new(peer, answer)]).Count);
    }

    [Fact]
    public void A_node_is_never_behind_itself() => Assert.Empty(Replica.WithKnown(new KnownNode(Self, Guid.NewGuid(), ":9001", 3)).Known);

    private static OpeningAnswer Answer(Guid node, Guid? chain) => new()
    {
        Verdict = Verdict.Accept,
        Reason = "",
        Chain = chain,
        Node = node,
        Journal = Guid.NewGuid(),
        PromisedEpoch = 1,
        Last = Last,
        Address = ":9000",
    };

    private static Standing Standing(Membership membership) => new(membership, [], IsReached: true, IsConfirmed: false);

    private static PromotionRule.Candidacy Candidacy(Membership membership) =>
        new(membership, IsInOffice: false, Last, membership.Head == Self ? [] : [new(new ChainNode(Rival, ":9000"), Answer(Rival, membership.Chain))], new HashSet<Guid>());
}
