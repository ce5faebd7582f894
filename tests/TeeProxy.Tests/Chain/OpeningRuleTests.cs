using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class OpeningRuleTests
{
    private static readonly Guid Self = Guid.NewGuid();
    private static readonly Guid Before = Guid.NewGuid();
    private static readonly Guid Head = Guid.NewGuid();
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Position Ten = new(10, 2, 0xaa);

    private static Membership Fresh => new() { Node = Self };

    private static Membership Replica => Fresh with
    {
        Chain = TheChain,
        Role = Role.Replica,
        Epoch = 2,
        Head = Head,
        HeadAddress = ":9000",
        Epochs = [new EpochStart(1, Before, 1), new EpochStart(2, Head, 5)],
    };

    /// <summary>What a well-behaved predecessor of <see cref="Replica"/> says, both at record 10.</summary>
    private static Opening Opening => new()
    {
        Protocol = HopEndpoint.Version,
        Chain = TheChain,
        Node = Before,
        Journal = Guid.NewGuid(),
        Address = ":9000",
        Epoch = 2,
        Head = Head,
        HeadAddress = ":9000",
        Path = [Head, Before],
        Base = default,
        Last = Ten,
        Epochs = [new EpochStart(1, Before, 1), new EpochStart(2, Head, 5)],
        Settings = "digest",
        SettingsText = "order=total",
    };

    private static Opening FreshOpening => Opening with { Chain = null, Epoch = 0, Head = null, HeadAddress = null, Last = default, Epochs = [], Path = [Before] };

    [Fact]
    public void A_predecessor_of_the_same_chain_epoch_and_record_is_accepted_and_changes_nothing()
    {
        var decision = Judge(Replica, Opening);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Empty(decision.Reason);
        Assert.Equal(Replica.Epochs, decision.Next.Epochs);
        Assert.Equal(Replica with { Epochs = [] }, decision.Next with { Epochs = [] });
    }

    [Fact]
    public void Who_has_only_heard_of_the_epoch_brings_nothing()
    {
        var decision = Judge(Replica, Opening with { IsWithoutHead = true });

        Assert.Equal(Verdict.Epoch, decision.Verdict);
        Assert.False(decision.Next.IsWithoutHead);
    }

    [Theory]
    [InlineData(2, false, true)]
    [InlineData(1, false, false)] // Nobody asked it for epoch 2: its head may have gone on without it,
    [InlineData(2, true, false)] // and may count nodes of which this one was not told.
    public void A_node_that_was_asked_for_the_epoch_counts_on_and_another_waits_until_it_is_told(long promised, bool isOnlyHeardOf, bool isListed)
    {
        var self = Replica with { Epoch = promised, IsOnlyHeardOf = isOnlyHeardOf, View = new(1, 7), Nodes = [new(Self, ":9001")] };

        var next = Judge(self, Opening).Next;

        Assert.Equal((isListed, 2L, 1), (next.IsListed, next.Epoch, next.Nodes.Count));
    }

    [Theory]
    [InlineData("Replica", true)]
    [InlineData("Head", false)]
    public void Who_has_promised_an_epoch_to_itself_has_its_records_taken_once_it_leads(string role, bool isWithout) =>
        Assert.Equal(isWithout, (Replica with { Head = Self, Role = Enum.Parse<Role>(role) }).IsWithoutHead);

    [Fact]
    public void Nothing_to_change_is_the_same_object_so_that_nothing_is_written()
    {
        var membership = Replica;

        var decision = OpeningRule.Judge(Successor(membership, RolePin.Auto, Ten, Ten), Opening);

        Assert.Same(membership, decision.Next);
    }

    [Fact]
    public void Another_version_of_the_protocol_is_refused() =>
        AssertRefused(Verdict.Protocol, Replica, Opening with { Protocol = 2 }, "version 2");

    [Fact]
    public void A_node_that_finds_itself_on_the_path_refuses_a_cycle()
    {
        AssertRefused(Verdict.Cycle, Replica, Opening with { Path = [Self, Before] }, "leads back");
        AssertRefused(Verdict.Cycle, Fresh, FreshOpening with { Path = [Self, Before] }, "leads back");
    }

    [Fact]
    public void Other_settings_are_refused_with_both_in_words() =>
        AssertRefused(Verdict.Settings, Replica, Opening with { Settings = "other", SettingsText = "order=key" }, "predecessor order=key; this node order=total");

    [Fact]
    public void A_fresh_node_pinned_to_be_the_head_takes_no_predecessor()
    {
        AssertRefused(Verdict.Head, Fresh, FreshOpening, "--role head", RolePin.Head);
        AssertRefused(Verdict.Head, Fresh, Opening, "--role head", RolePin.Head);
    }

    [Fact]
    public void A_member_does_not_follow_a_node_without_a_chain() =>
        AssertRefused(Verdict.Foreign, Replica, FreshOpening, $"belongs to chain {TheChain}");

    [Fact]
    public void A_member_does_not_follow_another_chain() =>
        AssertRefused(Verdict.Foreign, Replica, Opening with { Chain = Guid.NewGuid() }, "two chains are wired together");

    [Fact]
    public void A_head_that_founds_its_chain_follows_no_other() =>
        AssertRefused(Verdict.Foreign, Replica with { Role = Role.Head, IsTakingOffice = true }, Opening with { Chain = Guid.NewGuid() }, "two chains");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void An_older_epoch_than_the_promised_one_is_refused(long epoch) =>
        AssertRefused(Verdict.Epoch, Replica, Opening with { Epoch = epoch }, "promised epoch 2");

    [Theory]
    [InlineData(2 + FenceRule.LongestEpochJump + 1)]
    [InlineData(long.MaxValue)]
    public void An_epoch_that_jumps_too_far_is_refused(long epoch) =>
        AssertRefused(Verdict.Epoch, Replica, Opening with { Epoch = epoch }, $"more than {FenceRule.LongestEpochJump} beyond");

    [Fact]
    public void Another_head_of_the_promised_epoch_is_refused() =>
        AssertRefused(Verdict.Epoch, Replica, Opening with { Head = Guid.NewGuid() }, "has promised it to");

    [Fact]
    public void A_replaced_head_names_its_orphans_refuses_and_leads_no_more()
    {
        var newHead = Guid.NewGuid();
        var old = Replica with { Role = Role.Head, Head = Self };

        var decision = Judge(old, Opening with { Epoch = 3, Head = newHead, Epochs = [.. Opening.Epochs, new EpochStart(3, newHead, 10)] });

        Assert.Equal(Verdict.Diverged, decision.Verdict);
        Assert.Contains("records from 10 on", decision.Reason, StringComparison.Ordinal);
        Assert.Equal((Role.Replica, 3, newHead), (decision.Next.Role, decision.Next.Epoch, decision.Next.Head!.Value));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2 + FenceRule.LongestEpochJump)]
    public void An_epoch_within_the_jump_is_promised(long epoch)
    {
        var newHead = Guid.NewGuid();

        var decision = Judge(Replica, Opening with { Epoch = epoch, Head = newHead, HeadAddress = ":9001" });

        Assert.Equal((Verdict.Accept, epoch, newHead, ":9001"), (decision.Verdict, decision.Next.Epoch, decision.Next.Head!.Value, decision.Next.HeadAddress));
    }

    [Fact]
    public void The_head_of_an_epoch_refuses_openings_of_that_epoch() =>
        AssertRefused(Verdict.Head, Replica with { Role = Role.Head, Head = Self }, Opening, "a head has no predecessor");

    [Fact]
    public void A_head_steps_down_for_a_higher_epoch()
    {
        var decision = Judge(Replica with { Role = Role.Head, Head = Self }, Opening with { Epoch = 3 });

        Assert.Equal((Verdict.Accept, Role.Replica, 3), (decision.Verdict, decision.Next.Role, decision.Next.Epoch));
        Assert.Equal(Head, decision.Next.Head);
    }

    [Fact]
    public void A_predecessor_with_fewer_records_waits()
    {
        var decision = OpeningRule.Judge(Successor(Replica, RolePin.Auto, new Position(12, 2, 0xcc), Ten), Opening);

        Assert.Equal(Verdict.Ahead, decision.Verdict);
        Assert.Contains("records up to 12, the predecessor only up to 10", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_differs_is_a_divergence_even_where_this_node_is_ahead()
    {
        var decision = OpeningRule.Judge(Successor(Replica, RolePin.Auto, new Position(12, 2, 0xcc), Ten with { Crc = 0xab }), Opening);

        Assert.Equal(Verdict.Diverged, decision.Verdict);
        Assert.Contains("record 10 differs", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_another_epoch_is_a_divergence() =>
        Assert.Equal(Verdict.Diverged, OpeningRule.Judge(Successor(Replica, RolePin.Auto, Ten, Ten with { Epoch = 1 }), Opening).Verdict);

    [Fact]
    public void A_predecessor_with_more_records_is_accepted()
    {
        var decision = OpeningRule.Judge(Successor(Replica, RolePin.Auto, new Position(8, 2, 0xcc), null), Opening);

        Assert.Equal(Verdict.Accept, decision.Verdict);
    }

    [Fact]
    public void A_fresh_node_that_is_opened_to_by_a_fresh_one_is_a_replica_of_no_chain_yet()
    {
        var decision = OpeningRule.Judge(Successor(Fresh, RolePin.Auto, default, default(Position)), FreshOpening);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal(Fresh with { Role = Role.Replica }, decision.Next);
    }

    [Fact]
    public void A_replica_of_no_chain_yet_stays_what_it_is()
    {
        var waiting = Fresh with { Role = Role.Replica };

        var decision = OpeningRule.Judge(Successor(waiting, RolePin.Auto, default, default(Position)), FreshOpening);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Same(waiting, decision.Next);
    }

    [Theory]
    [InlineData(Role.Undecided)]
    [InlineData(Role.Replica)]
    internal void A_node_without_a_chain_adopts_all_that_a_member_says(Role role)
    {
        var decision = OpeningRule.Judge(Successor(Fresh with { Role = role }, RolePin.Auto, default, null), Opening);

        Assert.Equal(Verdict.Accept, decision.Verdict);
        Assert.Equal(Replica.Epochs, decision.Next.Epochs);
        Assert.Equal(Replica with { Epochs = [], IsJoining = true }, decision.Next with { Epochs = [] });
    }

    [Fact]
    public void Who_is_in_the_chain_from_its_first_record_on_joins_nothing()
    {
        var decision = OpeningRule.Judge(Successor(Fresh, RolePin.Auto, default, default(Position)), Opening with { Last = default });

        Assert.Equal((Verdict.Accept, false), (decision.Verdict, decision.Next.IsJoining));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_having_caught_up_ends_joining(bool isJoining)
    {
        var decision = Judge(Replica with { IsJoining = isJoining }, Opening with { Epoch = 3, Last = new Position(50, 3, 0x50), Head = Guid.NewGuid() }, atTheirLast: null);

        Assert.Equal((Verdict.Accept, isJoining), (decision.Verdict, decision.Next.IsJoining));
    }

    [Fact]
    public void A_founding_head_that_joins_its_own_chain_founds_no_more()
    {
        var decision = Judge(Replica with { Role = Role.Head, IsTakingOffice = true, Epoch = 1 }, Opening);

        Assert.Equal((Verdict.Accept, Role.Replica, false), (decision.Verdict, decision.Next.Role, decision.Next.IsTakingOffice));
    }

    [Fact]
    public void What_is_known_of_nodes_behind_survives_a_change_of_epoch()
    {
        var known = new KnownNode(Guid.NewGuid(), Guid.NewGuid(), ":9002", 7);

        var decision = Judge(Replica with { Known = [known] }, Opening with { Epoch = 5 });

        Assert.Equal([known], decision.Next.Known);
    }

    private static void AssertRefused(Verdict verdict, Membership membership, Opening opening, string why, RolePin pin = RolePin.Auto)
    {
        var decision = OpeningRule.Judge(Successor(membership, pin, Ten, Ten), opening);

        Assert.Equal(verdict, decision.Verdict);
        Assert.Contains(why, decision.Reason, StringComparison.Ordinal);
        Assert.Same(membership, decision.Next);
    }

    private static OpeningRule.Decision Judge(Membership membership, Opening opening, Position? atTheirLast) =>
        OpeningRule.Judge(Successor(membership, RolePin.Auto, Ten, atTheirLast), opening);

    private static OpeningRule.Decision Judge(Membership membership, Opening opening) =>
        OpeningRule.Judge(Successor(membership, RolePin.Auto, Ten, Ten), opening);

    private static OpeningRule.Successor Successor(Membership membership, RolePin pin, Position last, Position? atTheirLast) =>
        new(membership, pin, last, atTheirLast, "digest", "order=total");
}
