using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class ResumeRuleTests
{
    private const string Next = "127.0.0.1:9001";

    private static readonly Guid Node = Guid.NewGuid();
    private static readonly Guid Journal = Guid.NewGuid();
    private static readonly Position Base = new(4, 1, 0x44);
    private static readonly Position Seven = new(7, 1, 0x77);
    private static readonly Position Ten = new(10, 2, 0xaa);

    private static Membership Member => new() { Node = Guid.NewGuid(), Chain = Guid.NewGuid(), Role = Role.Head, Epoch = 2 };

    private static OpeningAnswer Answer => new()
    {
        Verdict = Verdict.Accept,
        Reason = "",
        Node = Node,
        Journal = Journal,
        PromisedEpoch = 2,
        Last = Seven,
        Address = ":9001",
    };

    [Fact]
    public void An_unknown_node_at_the_same_record_is_accepted_and_remembered()
    {
        var decision = Judge(Member, Answer, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal([new KnownNode(Node, Journal, Next, 7)], decision.Next.Known);
    }

    [Fact]
    public void A_fresh_unknown_node_is_accepted()
    {
        var decision = ResumeRule.Judge(new(Member, Next, default, Ten, default(Position)), Answer with { Last = default });

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal([new KnownNode(Node, Journal, Next, 0)], decision.Next.Known);
    }

    [Fact]
    public void Before_there_is_a_chain_nothing_is_remembered()
    {
        var fresh = new Membership { Node = Guid.NewGuid() };

        var decision = ResumeRule.Judge(new(fresh, Next, default, default, default(Position)), Answer with { Last = default, PromisedEpoch = 0 });

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Same(fresh, decision.Next);
    }

    [Fact]
    public void What_is_known_already_is_not_written_again()
    {
        var member = Member with { Known = [new KnownNode(Node, Journal, Next, 7)] };

        var decision = Judge(member, Answer, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Same(member, decision.Next);
    }

    [Fact]
    public void A_node_that_moved_to_another_address_is_accepted_there()
    {
        var member = Member with { Known = [new KnownNode(Node, Journal, "127.0.0.1:9555", 7)] };

        var decision = Judge(member, Answer, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal([new KnownNode(Node, Journal, Next, 7)], decision.Next.Known);
    }

    [Theory]
    [InlineData(Verdict.Busy)]
    [InlineData(Verdict.Ahead)]
    [InlineData(Verdict.Diverged)]
    [InlineData(Verdict.Gap)]
    [InlineData(Verdict.Foreign)]
    [InlineData(Verdict.Epoch)]
    [InlineData(Verdict.WentBack)]
    [InlineData(Verdict.Cycle)]
    [InlineData(Verdict.Settings)]
    [InlineData(Verdict.Head)]
    [InlineData(Verdict.Protocol)]
    [InlineData(Verdict.Unable)]
    public void A_refusal_is_passed_on_in_the_successors_words(Verdict verdict) =>
        AssertRefused(verdict, Member, Answer with { Verdict = verdict, Reason = "its own words" }, Seven, "its own words");

    [Fact]
    public void A_successor_that_needs_more_than_is_kept_is_a_gap() =>
        AssertRefused(Verdict.Gap, Member, Answer with { Last = new Position(3, 1, 0x33) }, null, "needs records from 4 on, and this node keeps them only from 5");

    [Fact]
    public void The_place_right_before_the_first_kept_record_is_no_gap() =>
        Assert.Equal(Verdict.Accept, Judge(Member, Answer with { Last = Base }, Base).Verdict);

    [Fact]
    public void A_successor_with_more_records_is_ahead() =>
        AssertRefused(Verdict.Ahead, Member, Answer with { Last = new Position(11, 2, 0xbb) }, null, "up to 11, this node only up to 10");

    [Fact]
    public void A_successor_at_the_last_record_is_not_ahead() => Assert.Equal(Verdict.Accept, Judge(Member, Answer with { Last = Ten }, Ten).Verdict);

    [Theory]
    [InlineData(1, 0x78)]
    [InlineData(2, 0x77)]
    public void A_record_that_differs_by_crc_or_epoch_is_a_divergence(long epoch, uint crc) =>
        AssertRefused(Verdict.Diverged, Member, Answer with { Last = new Position(7, epoch, crc) }, Seven, "record 7 differs");

    [Fact]
    public void A_known_node_that_holds_less_than_it_confirmed_went_back() =>
        AssertRefused(Verdict.WentBack, Knowing(Node, Journal, "elsewhere", 8), Answer, Seven, "once confirmed records up to 8 and now holds only 7");

    [Fact]
    public void A_known_node_with_another_journal_went_back_however_much_it_holds()
    {
        AssertRefused(Verdict.WentBack, Knowing(Node, Guid.NewGuid(), "elsewhere", 7), Answer with { Last = Ten }, Ten, "with a new folder");
        AssertRefused(Verdict.WentBack, Knowing(Node, Guid.NewGuid(), "elsewhere", 7), Answer with { Last = Base }, Base, "with a new folder");
    }

    [Fact]
    public void Another_node_at_a_known_address_with_fewer_records_went_back() =>
        AssertRefused(Verdict.WentBack, Knowing(Guid.NewGuid(), Guid.NewGuid(), Next, 8), Answer, Seven, "its records are lost");

    [Fact]
    public void Another_node_at_a_known_address_with_all_the_records_was_seeded() =>
        Assert.Equal(Verdict.Accept, Judge(Knowing(Guid.NewGuid(), Guid.NewGuid(), Next, 7), Answer, Seven).Verdict);

    [Fact]
    public void A_node_that_never_held_anything_cannot_have_lost_anything()
    {
        Assert.Equal(Verdict.Accept, Judge(Knowing(Node, Guid.NewGuid(), Next, 0), Answer, Seven).Verdict);
        Assert.Equal(Verdict.Accept, Judge(Knowing(Guid.NewGuid(), Guid.NewGuid(), Next, 0), Answer, Seven).Verdict);
    }

    [Fact]
    public void A_removed_node_needs_a_new_folder() =>
        AssertRefused(Verdict.WentBack, Member with { Removed = [Node] }, Answer, Seven, "was removed from the chain");

    [Fact]
    public void A_node_that_has_promised_a_higher_epoch_is_not_streamed_to_and_its_head_is_followed()
    {
        var member = Member;
        var newHead = Guid.NewGuid();

        var decision = Judge(member, Answer with { Chain = member.Chain, PromisedEpoch = 3, Head = newHead }, Seven);

        Assert.Equal(Verdict.Epoch, decision.Verdict);
        Assert.Contains("promised epoch 3", decision.Reason, StringComparison.Ordinal);
        Assert.Equal((Role.Replica, 3, newHead), (decision.Next.Role, decision.Next.Epoch, decision.Next.Head!.Value));
    }

    [Fact]
    public void A_node_that_joins_is_streamed_to_and_not_known_yet()
    {
        var member = Member;

        var decision = Judge(member, Answer with { IsJoining = true }, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Same(member, decision.Next);
    }

    [Fact]
    public void A_detached_node_is_streamed_to_again_once_its_application_has_all_that_it_holds()
    {
        var detached = Member with { Known = [new KnownNode(Node, Journal, Next, 7, IsDetached: true)] };

        AssertRefused(Verdict.Unable, detached, Answer with { Applied = 6 }, Seven, "only at 6 of the 7 records");
        var decision = Judge(detached, Answer with { Applied = 7 }, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal([new KnownNode(Node, Journal, Next, 7)], decision.Next.Known);
    }

    [Fact]
    public void A_declared_node_is_accepted_from_what_it_was_declared_to_hold()
    {
        var rewound = Member with { Known = [new KnownNode(Node, Journal, Next, 9, DeclaredFrom: 7)] };

        var decision = Judge(rewound, Answer, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal([new KnownNode(Node, Journal, Next, 7)], decision.Next.Known);
    }

    [Fact]
    public void Another_node_takes_a_declared_ones_place()
    {
        var gone = Member with { Known = [new KnownNode(Guid.NewGuid(), Guid.NewGuid(), Next, 9, DeclaredFrom: 7)] };

        var decision = Judge(gone, Answer, Seven);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal([new KnownNode(Node, Journal, Next, 7)], decision.Next.Known);
    }

    [Fact]
    public void A_node_that_holds_less_than_it_was_declared_to_must_be_seeded()
    {
        AssertRefused(Verdict.WentBack, Member with { Known = [new KnownNode(Node, Journal, Next, 9, DeclaredFrom: 8)] }, Answer, Seven, "declared to hold records up to 8");
        AssertRefused(Verdict.WentBack, Member with { Known = [new KnownNode(Guid.NewGuid(), Journal, Next, 9, DeclaredFrom: 8)] }, Answer, Seven, "journal seed");
    }

    private static Membership Knowing(Guid node, Guid journal, string address, long durable) =>
        Member with { Known = [new KnownNode(Guid.NewGuid(), Guid.NewGuid(), "unrelated", 9), new KnownNode(node, journal, address, durable)] };

    private static void AssertRefused(Verdict verdict, Membership member, OpeningAnswer answer, Position? own, string why)
    {
        var decision = Judge(member, answer, own);

        Assert.Equal(verdict, decision.Verdict);
        Assert.Contains(why, decision.Reason, StringComparison.Ordinal);
        Assert.Same(member, decision.Next);
    }

    private static ResumeRule.Decision Judge(Membership member, OpeningAnswer answer, Position? own) =>
        ResumeRule.Judge(new ResumeRule.Predecessor(member, Next, Base, Ten, own), answer);
}
