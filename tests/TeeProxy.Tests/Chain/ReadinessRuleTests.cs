using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class ReadinessRuleTests
{
    private static readonly Membership Member = new() { Node = Guid.NewGuid(), Chain = Guid.NewGuid(), Epoch = 1, HeadAddress = ":9000" };

    private static Standing Head => new(Member with { Role = Role.Head }, [], IsReached: true, IsConfirmed: true);

    private static Standing Replica => new(Member with { Role = Role.Replica, View = new(1, 1), Nodes = [new ChainNode(Member.Node, ":9001")] }, [], IsReached: true, IsConfirmed: false);

    private static Standing Fresh => new(new Membership { Node = Guid.NewGuid() }, [], IsReached: true, IsConfirmed: true);

    /// <summary>All is well, and the head had written 90 records a second ago.</summary>
    private static ReadinessRule.Facts Facts(Standing standing) => new()
    {
        Standing = standing,
        ApplicationDown = null,
        JournalFault = null,
        IsDraining = false,
        Parked = 0,
        SuccessorRefusal = null,
        SinceHeartbeat = TimeSpan.FromMilliseconds(200),
        Lease = TimeSpan.FromMilliseconds(1500),
        Applied = 95,
        HeadSequenceThen = 90,
        OwnSequenceThen = 90,
        MaxLag = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void A_confirmed_head_in_step_is_ready_for_everything() => AssertReady(Facts(Head), null, null, null);

    [Fact]
    public void A_replica_in_step_is_ready_for_reads_and_names_the_head_to_writers() =>
        AssertReady(Facts(Replica), "this node is a replica; the head is :9000", null, null);

    [Fact]
    public void A_replica_that_the_head_does_not_count_gets_no_reads() =>
        AssertReady(Facts(Replica with { Membership = Replica.Membership with { Nodes = [] } }), "this node is a replica; the head is :9000", "the head does not count this node yet", null);

    [Fact]
    public void A_replica_that_does_not_know_the_head_says_so_without_it() =>
        AssertReady(Facts(Replica with { Membership = Replica.Membership with { HeadAddress = null } }), "this node is a replica", null, null);

    [Fact]
    public void A_draining_node_is_ready_for_nothing() =>
        AssertReady(Facts(Head) with { IsDraining = true }, "draining", "draining", "draining");

    [Fact]
    public void Without_its_application_a_node_is_ready_for_nothing() =>
        AssertReady(
            Facts(Head) with { ApplicationDown = "refused" },
            "the application is down: refused", "the application is down: refused", "the application is down: refused");

    [Fact]
    public void A_faulted_journal_takes_no_writes_and_still_serves_reads() =>
        AssertReady(Facts(Head) with { JournalFault = "EIO" }, "EIO", null, null);

    [Fact]
    public void A_restarted_head_waits_for_its_confirmation() =>
        AssertReady(Facts(Head with { IsConfirmed = false }), "a restarted head waits until another node has confirmed its epoch", null, null);

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "the successor has not accepted this node yet; that contact is needed once in a chain's life")]
    public void A_founding_head_takes_its_first_write_once_its_successor_is_reached(bool isReached, string? why) =>
        AssertReady(
            Facts(new Standing(Head.Membership with { IsTakingOffice = true }, [], isReached, IsConfirmed: false)) with { SinceHeartbeat = TimeSpan.MaxValue }, why, null, null);

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "the successor has not accepted this node yet; that contact is needed once in a chain's life")]
    public void A_fresh_node_takes_the_first_write_once_its_successor_is_reached(bool isReached, string? why) =>
        AssertReady(Facts(Fresh with { IsReached = isReached }) with { SinceHeartbeat = TimeSpan.MaxValue }, why, null, null);

    [Fact]
    public void A_parked_write_keeps_fresh_reads_away() =>
        AssertReady(Facts(Head) with { Parked = 2 }, null, "2 parked write(s) wait for an operator", null);

    [Fact]
    public void A_replica_without_a_heartbeat_cannot_know_whether_it_is_in_step() =>
        AssertReady(
            Facts(Replica) with { SinceHeartbeat = TimeSpan.FromMilliseconds(1501) },
            "this node is a replica; the head is :9000", "no heartbeat of the head: this node cannot know whether it is in step", null);

    [Fact]
    public void The_lease_holds_to_its_last_instant() =>
        AssertReady(Facts(Replica) with { SinceHeartbeat = TimeSpan.FromMilliseconds(1500) }, "this node is a replica; the head is :9000", null, null);

    [Fact]
    public void A_head_needs_no_heartbeat() => AssertReady(Facts(Head) with { SinceHeartbeat = TimeSpan.MaxValue }, null, null, null);

    [Fact]
    public void An_application_behind_what_the_head_had_is_not_in_step_but_may_serve_stale_reads() =>
        AssertReady(
            Facts(Replica) with { HeadSequenceThen = 96 },
            "this node is a replica; the head is :9000", "the application is at 95; 1 s ago the head was already at 96", null);

    [Fact]
    public void An_application_behind_its_own_journal_serves_not_even_stale_reads() =>
        AssertReady(
            Facts(Replica) with { HeadSequenceThen = 96, OwnSequenceThen = 96 },
            "this node is a replica; the head is :9000",
            "the application is at 95; 1 s ago the head was already at 96",
            "the application is at 95; 1 s ago this node's journal was already at 96");

    [Fact]
    public void What_was_applied_exactly_is_in_step() =>
        AssertReady(Facts(Head) with { HeadSequenceThen = 95, OwnSequenceThen = 95 }, null, null, null);

    [Fact]
    public void A_node_that_has_not_watched_long_enough_is_not_in_step() =>
        AssertReady(
            Facts(Head) with { HeadSequenceThen = null, OwnSequenceThen = null, MaxLag = TimeSpan.FromMilliseconds(1250) },
            null, "this node has not watched the chain for 1.25 s yet", "this node has not watched the chain for 1.25 s yet");

    [Fact]
    public void A_fresh_node_that_its_successor_refuses_is_not_ready_for_reads() =>
        AssertReady(Facts(Fresh) with { SuccessorRefusal = "Foreign: it belongs to a chain" }, null, "Foreign: it belongs to a chain", null);

    [Fact]
    public void A_fresh_node_waits_for_as_long_as_a_chain_that_knows_it_would_need_to_say_so() =>
        AssertReady(Facts(Fresh) with { HeadSequenceThen = null, OwnSequenceThen = null }, null, "this node has not watched the chain for 1 s yet", null);

    [Theory]
    [InlineData("Unknown", "this node is in no chain, and the registry has not said yet whether there is one")]
    [InlineData("None", null)]
    [InlineData("Founded", "this node is not in the fleet's chain yet")]
    public void A_registering_node_that_is_in_no_chain_is_read_from_only_while_the_fleet_has_none(string fleet, string? why) =>
        AssertReady(Facts(Fresh) with { Fleet = Enum.Parse<FleetChain>(fleet) }, null, why, why);

    [Theory]
    [InlineData("Unknown")]
    [InlineData("None")]
    [InlineData("Founded")]
    public void Whoever_is_in_the_chain_needs_no_registry(string fleet) =>
        AssertReady(Facts(Replica) with { Fleet = Enum.Parse<FleetChain>(fleet) }, "this node is a replica; the head is :9000", null, null);

    private static void AssertReady(ReadinessRule.Facts facts, string? write, string? read, string? stale)
    {
        var ready = ReadinessRule.Judge(facts);

        Assert.Equal((write, read, stale), (ready.Write.Why, ready.Read.Why, ready.Stale.Why));
        Assert.Equal((write is null, read is null, stale is null), (ready.Write.Ok, ready.Read.Ok, ready.Stale.Ok));
    }
}
