using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>A successor list: a silent node is gone past, brought up to date when it is back, and has the stream again.</summary>
public sealed class BypassTests : IAsyncDisposable
{
    private static readonly int Flaps = Repository.IsAll ? 10 : 4;

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_node_that_is_down_is_gone_past_and_has_the_stream_again_when_it_is_back()
    {
        var fleet = _fleet = await Fleet.StartAsync(new FleetPlan { HasSpares = true }, Cancellation);
        var before = await Burst.WriteAsync(fleet.Address, 50, Cancellation);
        await fleet.ToldAsync(Cancellation); // whom a silent node was never told of cannot count without it
        await fleet.Nodes[1].KillAsync(Cancellation);

        var meanwhile = await Burst.WriteAsync(fleet.Address, 50, Cancellation);
        await Agreement.SettledAsync([fleet.Nodes[0], fleet.Nodes[2]], Cancellation); // they reach the third
        var bypassing = await fleet.Head.StatusAsync(Cancellation);
        Assert.Equal(["catchup", "stream"], bypassing.Successors.Select(next => next.Part));
        Assert.False(bypassing.Whole);
        await fleet.Nodes[2].ReadyAsync("read", Cancellation);

        fleet.Nodes[1].Start();
        await HandedOverAsync(fleet);
        var after = await Burst.WriteAsync(fleet.Address, 50, Cancellation);

        var agreement = await Agreement.ReadAsync(fleet, Cancellation);
        await fleet.ReadyAsync(Cancellation);
        agreement.AssertHolds([.. before, .. meanwhile, .. after], mostDiscarded: [0, 1, 0]);
    }

    [Fact]
    public async Task A_node_that_flaps_under_load_changes_nothing()
    {
        var fleet = _fleet = await Fleet.StartAsync(new FleetPlan { HasSpares = true }, Cancellation);
        using var load = new Load(fleet.Address, connections: 16) { Pause = TimeSpan.FromMilliseconds(100) };
        var run = load.StartWrites(1000, Cancellation);

        for (var flap = 0; flap < Flaps; flap++)
        {
            await run.MoreAcknowledgedAsync(5);
            await fleet.Nodes[1].KillAsync(Cancellation);
            if (flap % 3 == 0)
            {
                await GonePastAsync(fleet);
            }

            fleet.Nodes[1].Start();
            if (flap % 3 == 1)
            {
                await HandedOverAsync(fleet);
            }
        }

        await HandedOverAsync(fleet);
        await run.MoreAcknowledgedAsync(100);
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync(fleet, Cancellation);
        await fleet.ReadyAsync(Cancellation);
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        agreement.AssertHolds(writes, mostDiscarded: [0, Flaps, 0]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_node_that_hangs_is_gone_past_too_and_one_that_is_slow_is_not()
    {
        var fleet = _fleet = await Fleet.StartAsync(new FleetPlan { HasSpares = true }, Cancellation);
        fleet.Nodes[1].Process.Send(Signal.Stop);
        await GonePastAsync(fleet);
        var meanwhile = await Burst.WriteAsync(fleet.Address, 50, Cancellation);
        await Agreement.SettledAsync([fleet.Nodes[0], fleet.Nodes[2]], Cancellation);
        fleet.Nodes[1].Process.Send(Signal.Continue);
        await HandedOverAsync(fleet);

        fleet.Apps[1].Process.Send(Signal.Stop); // its application is slow beyond measure; the node itself is not silent
        var slow = await Burst.WriteAsync(fleet.Address, 50, Cancellation);
        await Eventually.TrueAsync(
            async () => (await fleet.Nodes[2].StatusAsync(Cancellation)).LastSequence == (await fleet.Head.StatusAsync(Cancellation)).LastSequence,
            "the third node has what the second passes on", Cancellation);
        Assert.Equal("stream", (await fleet.Head.StatusAsync(Cancellation)).Successors[0].Part);
        fleet.Apps[1].Process.Send(Signal.Continue);

        var agreement = await Agreement.ReadAsync(fleet, Cancellation);
        agreement.AssertHolds([.. meanwhile, .. slow], mostDiscarded: [0, 1, 0]);
    }

    private static Task GonePastAsync(Fleet fleet) => Eventually.TrueAsync(
        async () => (await fleet.Head.StatusAsync(Cancellation)).Successors is [_, { Part: "stream", Connected: true }], "the second node is gone past", Cancellation);

    private static Task HandedOverAsync(Fleet fleet) => Eventually.TrueAsync(
        async () => (await fleet.Head.StatusAsync(Cancellation)) is { Whole: true, Successors: [{ Part: "stream", Connected: true }, _] }, "the second node has the stream again", Cancellation);
}
