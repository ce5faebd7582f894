using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class PromiseRuleTests
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Guid Head = Guid.NewGuid();
    private static readonly Guid Candidate = Guid.NewGuid();
    private static readonly Position Ten = new(10, 2, 0xaa);
    private static readonly Membership Voter = new() { Node = Guid.NewGuid(), Chain = TheChain, Role = Role.Replica, Epoch = 2, Head = Head, HeadAddress = ":9000" };

    private static readonly Opening Opening = new()
    {
        Protocol = HopEndpoint.Version,
        Purpose = OpeningPurpose.Promise,
        Chain = TheChain,
        Node = Candidate,
        Journal = Guid.NewGuid(),
        Address = ":9001",
        Epoch = 3,
        Path = [Candidate],
        Base = default,
        Last = Ten,
        Epochs = [],
        Settings = "digest",
        SettingsText = "order=total",
    };

    [Fact]
    public void A_promise_follows_the_candidate_from_then_on()
    {
        var next = AssertPromised(Voter with { Role = Role.Head, Head = null }, Ten, Ten, Opening);

        Assert.Equal((Role.Replica, 3, Candidate, ":9001"), (next.Role, next.Epoch, next.Head!.Value, next.HeadAddress));
    }

    [Fact]
    public void A_candidate_that_was_removed_is_refused() => AssertRefused(Verdict.WentBack, Voter with { Removed = [Candidate] }, Ten, Ten, Opening);

    [Fact]
    public void Where_a_later_head_has_told_the_candidate_this_nodes_view_is_worth_nothing_any_more()
    {
        var told = Voter with { View = new(2, 7), Nodes = [new(Voter.Node, ":9002")] };

        Assert.True(AssertPromised(told, Ten, Ten, Opening with { View = new(2, 9) }).IsListed);
        var next = AssertPromised(told, Ten, Ten, Opening with { View = new(3, 1), Epoch = 4 });

        Assert.Equal((false, 1), (next.IsListed, next.Nodes.Count)); // It is no candidate, and knows whom to ask.
    }

    [Fact]
    public void It_is_promised_again_to_the_same_candidate() =>
        AssertPromised(Voter with { Epoch = 3, Head = Candidate }, Ten, Ten, Opening);

    [Fact]
    public void A_voter_with_fewer_records_promises() => AssertPromised(Voter, new Position(8, 2, 0x88), null, Opening);

    [Fact]
    public void A_candidate_of_another_chain_is_refused()
    {
        AssertRefused(Verdict.Foreign, Voter, Ten, Ten, Opening with { Chain = Guid.NewGuid() });
        AssertRefused(Verdict.Foreign, Voter, Ten, Ten, Opening with { Chain = null });
        AssertRefused(Verdict.Foreign, Voter with { Chain = null }, Ten, Ten, Opening);
        AssertRefused(Verdict.Foreign, Voter with { Chain = null }, Ten, Ten, Opening with { Chain = null });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(2 + FenceRule.LongestEpochJump + 1)]
    public void An_epoch_that_is_promised_already_or_too_far_is_refused_even_by_force(long epoch)
    {
        AssertRefused(Verdict.Epoch, Voter, Ten, Ten, Opening with { Epoch = epoch });
        AssertRefused(Verdict.Epoch, Voter, Ten, Ten, Opening with { Epoch = epoch, IsForced = true });
    }

    [Fact]
    public void A_voter_with_more_records_promises_by_force_only()
    {
        var more = new Position(11, 2, 0xbb);

        AssertRefused(Verdict.Ahead, Voter, more, Ten, Opening);
        AssertPromised(Voter, more, Ten, Opening with { IsForced = true });
    }

    [Fact]
    public void A_voter_whose_record_differs_promises_by_force_only()
    {
        AssertRefused(Verdict.Diverged, Voter, Ten, Ten with { Crc = 0xab }, Opening);
        AssertPromised(Voter, Ten, Ten with { Crc = 0xab }, Opening with { IsForced = true });
    }

    private static Membership AssertPromised(Membership voter, Position last, Position? atTheirLast, Opening opening)
    {
        var decision = PromiseRule.Judge(new(voter, last, atTheirLast), opening);

        Assert.Equal((Verdict.Accept, ""), (decision.Verdict, decision.Reason));
        return decision.Next;
    }

    private static void AssertRefused(Verdict verdict, Membership voter, Position last, Position? atTheirLast, Opening opening)
    {
        var decision = PromiseRule.Judge(new(voter, last, atTheirLast), opening);

        Assert.Equal(verdict, decision.Verdict);
        Assert.NotEmpty(decision.Reason);
        Assert.Same(voter, decision.Next);
    }
}
