using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Tests.Nodes;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Registry;

/// <summary>Wiring, joining and leaving among nodes that are none: what they are asked, and what becomes of refusals.</summary>
public sealed class ChainKeeperTests : IAsyncLifetime
{
    private readonly RegistryFolder _folder = new();
    private readonly NodeClient _client = new(RegistryFolder.Secret, TimeSpan.FromSeconds(10));
    private readonly List<FakeNode> _nodes = [];
    private int _onTheirWay;

    public ChainKeeperTests() => Keeper = new ChainKeeper(Registry, _client, TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FleetRegistry Registry => _folder.Registry;

    private ChainKeeper Keeper { get; }

    private Leaving Leaving => new(Registry, Keeper, _client, _ => _onTheirWay, new TeeProxy.Tests.FastClock(20));

    private Joining Joining => new(Registry, Keeper, _client, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        for (var number = 1; number <= 3; number++)
        {
            _nodes.Add(await FakeNode.StartAsync(number, Cancellation));
            Registry.Register(_nodes[^1].Worker);
        }

        _nodes[0].Be(static status => status with { Role = "head" });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        Keeper.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_step_wires_all_and_the_next_has_nothing_to_do()
    {
        await Keeper.StepAsync(Cancellation);
        await Keeper.StepAsync(Cancellation);

        Assert.Equal(["127.0.0.1:9002", "127.0.0.1:9003"], _nodes[0].Next);
        Assert.Equal(["127.0.0.1:9003"], _nodes[1].Next);
        Assert.Equal([1, 1, 0], _nodes.Select(node => node.Asked.Count));
        Assert.True(Registry.Current.IsFounded);
        Assert.Equal(SampleStatus.Id(3), Registry.Roster.Find("w3")!.Node);
    }

    [Fact]
    public async Task A_promoted_node_comes_first_and_stays_there()
    {
        _nodes[0].Be(static status => status with { Role = "replica", Epoch = 2 });
        _nodes[1].Be(static status => status with { Role = "head", Epoch = 2 });

        await Keeper.StepAsync(Cancellation);
        _folder.Restart();

        Assert.Equal(["w2", "w3", "w1"], _folder.Names);
        Assert.Equal(["127.0.0.1:9003", "127.0.0.1:9001"], _nodes[1].Next);
    }

    [Fact]
    public async Task A_node_that_cannot_be_read_keeps_its_place_and_is_a_problem_after_a_while()
    {
        using var keeper = new ChainKeeper(Registry, _client, _folder.Clock);
        await keeper.StepAsync(Cancellation);
        await _nodes[1].DisposeAsync();

        await keeper.StepAsync(Cancellation);
        await keeper.StepAsync(Cancellation);
        Assert.Empty(Registry.Current.Problems);
        _folder.Clock.Advance(TimeSpan.FromSeconds(3));
        await keeper.StepAsync(Cancellation);

        Assert.StartsWith("w2 keeps its place", Assert.Single(Registry.Current.Problems), StringComparison.Ordinal);
        Assert.Equal(["w1", "w2", "w3"], _folder.Names);
        Assert.Equal(["127.0.0.1:9002", "127.0.0.1:9003"], _nodes[0].Next);
    }

    [Fact]
    public async Task A_registry_that_cannot_be_written_down_is_a_problem_and_the_chain_is_wired_all_the_same()
    {
        Directory.CreateDirectory(_folder.File + ".tmp");

        await Keeper.StepAsync(Cancellation);

        Assert.Contains("cannot be written down", Assert.Single(Registry.Current.Problems), StringComparison.Ordinal);
        Assert.Equal(2, _nodes[0].Next.Count);
    }

    [Fact]
    public async Task Who_leaves_is_drained_removed_at_the_head_listed_by_nobody_and_forgotten()
    {
        await Keeper.StepAsync(Cancellation);
        _onTheirWay = 1;
        var leaving = Leaving.RunAsync("w3", Cancellation);
        await TeeProxy.Tests.Eventually.TrueAsync(() => _folder.StateOf("w3") == WorkerState.Draining, "w3 is drained");
        Assert.Equal(["PUT /admin/next"], _nodes[0].Asked);

        _nodes[0].Be(static status => status with { Nodes = [.. status.Nodes.Where(node => node.Node != SampleStatus.Id(3))] });
        _onTheirWay = 0;

        Assert.Null(await leaving);
        Assert.Contains($"POST /admin/nodes/{SampleStatus.Id(3)}/remove", _nodes[0].Asked);
        Assert.Equal(["w1", "w2"], _folder.Names);
        Assert.Equal(["127.0.0.1:9002"], _nodes[0].Next);
        Assert.Empty(_nodes[1].Next);
    }

    [Fact]
    public async Task The_head_does_not_leave()
    {
        Assert.Contains("is the head", await Leaving.RunAsync("w1", Cancellation), StringComparison.Ordinal);
        Assert.Contains("not in the fleet", await Leaving.RunAsync("w9", Cancellation), StringComparison.Ordinal);

        Assert.All(Registry.Current.Workers, worker => Assert.Equal(WorkerState.Present, worker.State));
    }

    [Fact]
    public async Task Whom_the_head_will_not_remove_stays()
    {
        _nodes[0].ChangeStatus = 507;

        Assert.Contains("as the test wants it", await Leaving.RunAsync("w3", Cancellation), StringComparison.Ordinal);

        Assert.Equal(WorkerState.Present, _folder.StateOf("w3"));
        Assert.False(Registry.Roster.Find("w3")!.IsLeaving);
    }

    [Fact]
    public async Task A_newcomer_is_registered_at_the_tail_wired_and_waited_for()
    {
        var fourth = await FakeNode.StartAsync(4, Cancellation, static status => status with { Chain = null, Role = "undecided" });
        _nodes.Add(fourth);

        var early = await Joining.RunAsync(fourth.Worker, TimeSpan.Zero, Cancellation);
        fourth.Be(static status => status with { Chain = SampleStatus.Chain, Role = "replica" });
        var late = await Joining.RunAsync(fourth.Worker, TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal((JoinStage.Waiting, JoinStage.Joined), (early.Stage, late.Stage));
        Assert.Equal(["w1", "w2", "w3", "w4"], _folder.Names);
        Assert.Equal(["127.0.0.1:9004"], _nodes[2].Next);
        Assert.Equal(JoinStage.Refused, (await Joining.RunAsync(fourth.Worker with { Name = "w5" }, TimeSpan.Zero, Cancellation)).Stage);
    }

    [Fact]
    public async Task A_newcomer_that_meets_a_gap_is_taken_off_the_lists_until_it_is_seeded()
    {
        var fourth = await FakeNode.StartAsync(4, Cancellation, static status => status with { Chain = null, Role = "undecided" });
        _nodes.Add(fourth);
        _nodes[0].Be(static status => status with { Nodes = [.. status.Nodes.Take(3)] });
        await Joining.RunAsync(fourth.Worker, TimeSpan.Zero, Cancellation);
        _nodes[2].Be(static status => status with { Successors = [new NextStatus("127.0.0.1:9004", false, null, 0, "Gap", "records 1 to 9 are gone")] });

        var state = await Joining.RunAsync(fourth.Worker, TimeSpan.FromSeconds(30), Cancellation);
        await Keeper.StepAsync(Cancellation);

        Assert.Equal(new JoinState(JoinStage.MustBeSeeded, "records 1 to 9 are gone"), state);
        Assert.Empty(_nodes[2].Next);
        Assert.Equal(JoinStage.MustBeSeeded, Keeper.JoinStateOf("w4").Stage);

        fourth.Be(static status => status with { NodeId = SampleStatus.Id(5), Chain = SampleStatus.Chain });
        await Keeper.StepAsync(Cancellation);
        Assert.Equal(["127.0.0.1:9004"], _nodes[2].Next);
    }

    [Fact]
    public async Task A_copy_under_hold_is_good_only_if_it_was_made_and_the_hold_stood()
    {
        var head = _nodes[0];

        var good = await CopyAsync((grant, _) => Task.FromResult<string?>(grant == head.Grant ? null : "another grant"));
        var failed = await CopyAsync(static (_, _) => Task.FromResult<string?>("no room"));
        var torn = await CopyAsync((_, _) =>
        {
            head.ChangeStatus = 409; // The hold did not stand.
            return Task.FromResult<string?>(null);
        });
        var refused = await CopyAsync(static (_, _) => throw new InvalidOperationException("nothing is held"));

        Assert.Equal(head.Grant, good.Value);
        Assert.Equal(("no room", "as the test wants it", "as the test wants it"), (failed.Why, torn.Why, refused.Why));
        Assert.Equal(3, head.Asked.Count(asked => asked.StartsWith("POST /admin/release", StringComparison.Ordinal)));

        Task<Reply<HoldGrant>> CopyAsync(Func<HoldGrant, CancellationToken, Task<string?>> copy) => Joining.CopyUnderHoldAsync(TimeSpan.FromSeconds(30), copy, Cancellation);
    }
}
