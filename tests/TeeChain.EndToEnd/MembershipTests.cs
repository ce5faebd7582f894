using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>Who counts: only an operator's word takes a node away, or lets one in that is not what it was.</summary>
public sealed class MembershipTests : IAsyncDisposable
{
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_restarted_head_takes_writes_once_any_known_node_confirms_it()
    {
        var fleet = _fleet = await StartAsync("local");
        var before = await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        await fleet.ToldAsync(Cancellation, 3, [.. fleet.Nodes.Take(2)]);
        await fleet.Nodes[1].KillAsync(Cancellation);
        await fleet.Nodes[2].KillAsync(Cancellation);
        await fleet.Head.KillAsync(Cancellation);

        fleet.Head.Start();
        await Eventually.TrueAsync(async () => await fleet.Head.NotReadyAsync("stale", Cancellation) is null, "the head is up", Cancellation);
        Assert.Equal(503, (await OneWrite.RegisterAsync(fleet.Address, "alone", Cancellation)).Status);
        fleet.Nodes[2].Start(); // not the next one
        await fleet.Head.ReadyAsync("write", Cancellation);
        var during = await Burst.WriteAsync(fleet.Address, 20, Cancellation);

        fleet.Nodes[1].Start();
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds([.. before, .. during], mostDiscarded: [1, 1, 1]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_node_that_lost_everything_counts_again_once_it_was_declared_empty_and_has_caught_up()
    {
        var fleet = _fleet = await StartAsync("chain");
        var tail = fleet.Nodes[2];
        var before = await Burst.WriteAsync(fleet.Address, 50, Cancellation);
        await fleet.ToldAsync(Cancellation, 3, [.. fleet.Nodes.Take(2)]);
        var lost = (await tail.StatusAsync(Cancellation)).NodeId;
        await tail.KillAsync(Cancellation);
        await fleet.Apps[2].KillAsync(Cancellation);
        fleet.Apps[2].LoseState();
        tail.Flags = tail.Flags with { Data = tail.Flags.Data + ".new" };
        await fleet.Apps[2].StartAsync(Cancellation);
        tail.Start();

        await Refusal.IsNamedAsync(fleet.Nodes[1], tail, "WentBack", Cancellation);
        Assert.Equal(504, (await OneWrite.RegisterAsync(fleet.Address, "unconfirmed", Cancellation)).Status);
        await DeclareAsync(fleet, lost, "declare?as=empty");

        await tail.ReadyAsync("read", Cancellation);
        await fleet.ToldAsync(Cancellation, 3, [.. fleet.Nodes.Take(2)]);
        Assert.DoesNotContain((await fleet.Head.StatusAsync(Cancellation)).Nodes, node => node.Node == lost);
        var after = await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds([.. before, .. after], mostDiscarded: [0, 0, 0]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_node_that_went_back_with_its_application_catches_up_once_it_was_declared_rewound()
    {
        var fleet = _fleet = await StartAsync("local");
        var tail = fleet.Nodes[2];
        var before = await Burst.WriteAsync(fleet.Address, 30, Cancellation);
        await Agreement.SettledAsync(fleet.Nodes, Cancellation);
        await tail.KillAsync(Cancellation);
        await fleet.Apps[2].KillAsync(Cancellation);
        await Copy.FolderAsync(tail.Flags.Data, tail.Flags.Data + ".old", Cancellation);
        await fleet.Apps[2].KeepStateAsync(Cancellation);
        await fleet.Apps[2].StartAsync(Cancellation);
        tail.Start();
        await fleet.ReadyAsync(Cancellation);
        var between = await Burst.WriteAsync(fleet.Address, 30, Cancellation);
        await Agreement.SettledAsync(fleet.Nodes, Cancellation);
        await fleet.Nodes[1].RemembersAsync(tail, Cancellation); // else nothing went back

        await tail.KillAsync(Cancellation);
        await fleet.Apps[2].KillAsync(Cancellation);
        await fleet.Apps[2].RestoreStateAsync(Cancellation);
        tail.Flags = tail.Flags with { Data = tail.Flags.Data + ".old" };
        await fleet.Apps[2].StartAsync(Cancellation);
        tail.Start();
        await Refusal.IsNamedAsync(fleet.Nodes[1], tail, "WentBack", Cancellation);
        await DeclareAsync(fleet, (await tail.StatusAsync(Cancellation)).NodeId, "declare?as=rewound");

        await tail.ReadyAsync("read", Cancellation);
        var after = await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds([.. before, .. between, .. after], mostDiscarded: [0, 0, 1]);
    }

    [Fact]
    public async Task A_node_that_is_gone_for_good_is_removed_and_the_rest_goes_on()
    {
        var fleet = _fleet = await StartAsync("chain");
        await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        await fleet.ToldAsync(Cancellation, 3, [.. fleet.Nodes.Take(2)]);
        var gone = (await fleet.Nodes[2].StatusAsync(Cancellation)).NodeId;
        await fleet.Nodes[2].KillAsync(Cancellation);
        Assert.Equal(504, (await OneWrite.RegisterAsync(fleet.Address, "waits", Cancellation)).Status);

        Assert.Equal(409, (await fleet.Nodes[1].AdministerAsync(HttpMethod.Post, $"nodes/{gone}/remove", Cancellation)).Status);
        Assert.Equal(404, (await fleet.Head.AdministerAsync(HttpMethod.Post, $"nodes/{Guid.NewGuid()}/declare?as=empty", Cancellation)).Status);
        await DeclareAsync(fleet, gone, "remove");
        Assert.Equal(200, (await fleet.Nodes[1].AdministerAsync(HttpMethod.Put, "next", Cancellation, "{\"next\":[]}", "\"0\"")).Status);

        await Eventually.TrueAsync(async () => (await fleet.Head.StatusAsync(Cancellation)).Whole, "the shorter chain is whole", Cancellation);
        var after = await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        (await Agreement.ReadAsync([fleet.Nodes[0], fleet.Nodes[1]], [fleet.Apps[0], fleet.Apps[1]], Cancellation)).AssertHolds(after, mostDiscarded: [0, 0]);
        await fleet.ToldAsync(Cancellation, 2, [.. fleet.Nodes.Take(2)]);
    }

    private static async Task DeclareAsync(Fleet fleet, Guid node, string what)
    {
        var (status, body, _) = await fleet.Head.AdministerAsync(HttpMethod.Post, $"nodes/{node}/{what}", Cancellation);
        Assert.True(status == 200, body);
    }

    private static Task<Fleet> StartAsync(string ack) => Fleet.StartAsync(
        new FleetPlan { Adjust = (_, flags) => flags with { AckTimeout = TimeSpan.FromSeconds(3), JournalMaxBytes = 64 << 20, Others = ["--ack", ack] } }, Cancellation);
}
