using TeeChain.Fleet.Registry;
using TeeChain.Protocol.Status;
using static TeeChain.Fleet.Tests.Registry.SampleStatus;
using Seen = TeeChain.Fleet.Registry.ChainOrderRule.Seen;

namespace TeeChain.Fleet.Tests.Registry;

public sealed class ChainOrderRuleTests
{
    [Fact]
    public void Before_a_chain_is_founded_each_fresh_node_gets_all_behind_it_and_the_last_is_told_first()
    {
        var plan = ChainOrderRule.Judge([Fresh(1), Fresh(2), Fresh(3)]);

        Assert.Equal((null, null, 3), (plan.Chain, plan.Head, plan.Order.Count));
        Assert.Equal(["w2: 9003", "w1: 9002 9003"], Wishes(plan));
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void Nothing_is_wished_where_all_is_as_it_should_be()
    {
        var plan = ChainOrderRule.Judge([Head(1, stream: 2, 2, 3), Member(2, stream: 3, 3), Member(3)]);

        Assert.Equal(["w1", "w2", "w3"], plan.Order);
        Assert.Empty(plan.Wishes);
        Assert.Equal("w1", plan.Head!.Name);
    }

    [Fact]
    public void A_newcomer_is_listed_by_all_before_it_and_only_once_it_can_be_seen()
    {
        Assert.Empty(ChainOrderRule.Judge([Head(1, 2, 2), Member(2), Unread(3)]).Wishes);

        Assert.Equal(["w2: 9003", "w1: 9002 9003"], Wishes(ChainOrderRule.Judge([Head(1, 2, 2), Member(2), Fresh(3)])));
    }

    [Fact]
    public void A_known_node_that_is_down_keeps_its_place_and_is_listed()
    {
        var plan = ChainOrderRule.Judge([Head(1, stream: 3, 2, 3), Unread(2, isKnown: true), Member(3), Fresh(4)]);

        Assert.Equal(["w1", "w2", "w3", "w4"], plan.Order);
        Assert.Equal(["w3: 9004", "w1: 9002 9003 9004"], Wishes(plan));
    }

    [Fact]
    public void The_order_begins_at_a_promoted_head_and_those_before_it_come_last()
    {
        var plan = ChainOrderRule.Judge([Unread(1, isKnown: true), Head(2, stream: 3, 3), Member(3)]);

        Assert.Equal(["w2", "w3", "w1"], plan.Order);
        Assert.Equal(["w3: 9001", "w2: 9003 9001"], Wishes(plan));
    }

    [Fact]
    public void Who_does_not_count_is_off_the_lists_when_it_is_down_for_a_while_or_must_be_seeded()
    {
        var without = With(Head(1, stream: 2, 2, 3), status => status with { Nodes = [.. status.Nodes.Where(node => node.Node != Id(3))] });
        Seen[] Fleet(Seen newcomer) => [without, Member(2, stream: 3, 3), newcomer];

        Assert.Empty(ChainOrderRule.Judge(Fleet(Unread(3))).Wishes);
        Assert.Equal(["w2:", "w1: 9002"], Wishes(ChainOrderRule.Judge(Fleet(Unread(3, isKnown: true) with { IsLost = true }))));

        var gap = Fresh(3) with { Seat = Seat(3) with { Gap = new Gap(Id(3), "it needs records that are gone") } };
        var plan = ChainOrderRule.Judge(Fleet(gap));
        Assert.Equal(["w2:", "w1: 9002"], Wishes(plan));
        Assert.Contains("must be seeded: it needs", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.Equal(JoinStage.MustBeSeeded, JoinRule.Judge(plan, "w3", gap).Stage);

        var seeded = gap with { Status = gap.Status! with { NodeId = Id(4) } };
        Assert.Empty(ChainOrderRule.Judge(Fleet(seeded)).Wishes);
    }

    [Fact]
    public void Who_counts_stays_on_the_lists_however_long_it_is_down() =>
        Assert.Empty(ChainOrderRule.Judge([Head(1, stream: 2, 2, 3), Member(2, stream: 3, 3), Unread(3, isKnown: true) with { IsLost = true }]).Wishes);

    [Fact]
    public void A_head_of_an_older_epoch_than_anybody_has_seen_is_none()
    {
        var plan = ChainOrderRule.Judge([Head(1, null, 2, 3), Unread(2, isKnown: true), With(Member(3), status => status with { Epoch = 2 })]);

        Assert.Null(plan.Head);
        Assert.Equal(["w1", "w2", "w3"], plan.Order);
        Assert.Contains("promote", Assert.Single(plan.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_that_run_beat_the_registrys_order()
    {
        var plan = ChainOrderRule.Judge([Head(1, stream: 3, 3), Unread(4, isKnown: true), Member(2), Member(3, stream: 2, 2)]);

        Assert.Equal(["w1", "w4", "w3", "w2"], plan.Order);
    }

    [Fact]
    public void Streams_in_a_ring_end_the_walk()
    {
        var plan = ChainOrderRule.Judge([Head(1, stream: 2, 2), Member(2, stream: 1, 1)]);

        Assert.Equal(["w1", "w2"], plan.Order);
        Assert.Equal(["w2:"], Wishes(plan));
    }

    [Fact]
    public void A_node_of_another_chain_keeps_its_place_is_reported_and_nobody_new_is_wired_to_it()
    {
        var foreign = With(Member(2), status => status with { Chain = Guid.NewGuid() });

        var plan = ChainOrderRule.Judge([Head(1, stream: 3, 3), foreign, Member(3)]);

        Assert.Equal(["w1", "w2", "w3"], plan.Order);
        Assert.Empty(plan.Wishes);
        Assert.Contains("w2", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.Empty(ChainOrderRule.Judge([Head(1, stream: 3, 2, 3), foreign, Member(3)]).Wishes);
    }

    [Fact]
    public void A_new_folder_in_place_of_a_known_one_is_reported_and_listed_by_nobody_new()
    {
        var lost = Fresh(1) with { Seat = Seat(1, Guid.NewGuid()) };

        var plan = ChainOrderRule.Judge([lost, Head(2, stream: 3, 3), Member(3)]);

        Assert.Equal(["w2", "w3", "w1"], plan.Order);
        Assert.Empty(plan.Wishes);
        Assert.Contains("w1 (127.0.0.1:9001) came back with a new folder", Assert.Single(plan.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_new_folders_where_a_chain_is_known_are_reported() =>
        Assert.Contains("every folder is new", Assert.Single(ChainOrderRule.Judge([Fresh(1) with { Seat = Seat(1, Guid.NewGuid()) }, Fresh(2)]).Problems), StringComparison.Ordinal);

    [Fact]
    public void Who_leaves_is_listed_until_the_head_counts_it_no_more()
    {
        var leaving = Member(3) with { Seat = Seat(3, Id(3)) with { IsLeaving = true } };

        Assert.Empty(ChainOrderRule.Judge([Head(1, stream: 2, 2, 3), Member(2, stream: 3, 3), leaving]).Wishes);
        var without = With(Head(1, stream: 2, 2, 3), status => status with { Nodes = [.. status.Nodes.Where(node => node.Node != Id(3))] });
        Assert.Equal(["w2:", "w1: 9002"], Wishes(ChainOrderRule.Judge([without, Member(2, stream: 3, 3), leaving])));
    }

    [Fact]
    public void A_newcomer_has_joined_once_it_counts_and_may_be_read()
    {
        var head = Head(1, stream: 2, 2, 3);
        var ready = Member(3);

        Assert.Equal(JoinStage.Joined, Join([head, Member(2, 3, 3), ready]));
        Assert.Equal(JoinStage.Waiting, Join([head, Member(2, 3, 3), Fresh(3)]));
        Assert.Equal(JoinStage.Waiting, Join([head, Member(2, 3, 3), Unread(3)]));
        Assert.Equal(JoinStage.Waiting, Join([With(head, status => status with { Nodes = [] }), Member(2, 3, 3), ready]));
        Assert.Equal(JoinStage.Waiting, Join([head, Member(2, 3, 3), With(ready, status => status with { Ready = Not("it lags") })]));
        Assert.Equal(JoinStage.Waiting, Join([Unread(1, isKnown: true), Member(2, 3, 3), ready]));
        Assert.Equal(JoinStage.Joined, Join([Fresh(1), Fresh(2), Fresh(3)]));
    }

    [Theory]
    [InlineData("Gap", nameof(JoinStage.MustBeSeeded))]
    [InlineData("WentBack", nameof(JoinStage.Refused))]
    [InlineData("Diverged", nameof(JoinStage.Refused))]
    [InlineData("Settings", nameof(JoinStage.Refused))]
    [InlineData("Busy", nameof(JoinStage.Waiting))]
    [InlineData("Epoch", nameof(JoinStage.Waiting))]
    public void A_newcomer_that_the_chain_will_not_have_is_told_why(string verdict, string stage)
    {
        var before = With(Member(2), status => status with { Successors = [new NextStatus("127.0.0.1:9003", false, Id(3), 0, verdict, "as it is")] });
        Seen[] workers = [Head(1, 2, 2, 3), before, Fresh(3)];

        var state = JoinRule.Judge(ChainOrderRule.Judge(workers), "w3", workers[2]);

        Assert.Equal(stage, state.Stage.ToString());
        Assert.Equal(state.Stage != JoinStage.Waiting, state.Why == "as it is");
    }

    private static JoinStage Join(Seen[] workers) => JoinRule.Judge(ChainOrderRule.Judge(workers), "w3", workers[2]).Stage;

    private static IEnumerable<string> Wishes(ChainOrderRule.Plan plan) =>
        plan.Wishes.Select(wish => $"{wish.Worker.Name}:{string.Concat(wish.Next.Select(next => " " + next.Split(':')[1]))}");

    private static Seat Seat(int number, Guid? node = null) => new(RegistryFolder.Worker(number), node);

    private static Seen Unread(int number, bool isKnown = false) => new(Seat(number, isKnown ? Id(number) : null), null);

    private static Seen Fresh(int number) => new(Seat(number), Of(number) with { Chain = null, Role = "undecided", Epoch = 0 });

    private static Seen Head(int number, int? stream = null, params int[] next) => With(Member(number, stream, next), status => status with { Role = "head" });

    /// <param name="stream">Who has the stream.</param>
    /// <param name="next">The successors listed.</param>
    private static Seen Member(int number, int? stream = null, params int[] next) => new(Seat(number, Id(number)), Of(number) with
    {
        Successors = [.. next.Select(one => new NextStatus($"127.0.0.1:{9000 + one}", one == stream, Id(one), 0, null, null))],
        Next = stream is { } to ? new NextStatus($"127.0.0.1:{9000 + to}", true, Id(to), 0, "Accept", null) : null,
    });

    private static Seen With(Seen seen, Func<NodeStatus, NodeStatus> change) => seen with { Status = change(seen.Status!) };

    private static ReadyStatus Not(string why) => new(Readiness.Yes, Readiness.No(why), Readiness.Yes);
}
