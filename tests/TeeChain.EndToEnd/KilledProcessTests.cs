using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary><c>kill -9</c> and SIGSTOP of every process in turn in the middle of one load.</summary>
public sealed class KilledProcessTests : IAsyncDisposable
{
    private const int Writes = 5000;

    private const int Connections = 64;

    /// <summary>So many writes are acknowledged between one breakage and the next.</summary>
    private const int Between = 100;

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    // For each node: how often it or its application was killed. Each may cut off the one write that was in flight there.
    private readonly int[] _kills = new int[3];

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Each_process_stopped_or_killed_under_load_loses_nothing_and_repeats_no_more_than_was_in_flight()
    {
        var fleet = _fleet = await Fleet.StartAsync(new FleetPlan { HasFront = true }, Cancellation);

        // Paced: the load lasts about as long as the breakages, and whoever comes back can catch up while it goes on.
        using var load = new Load(fleet.Address, Connections) { Pause = TimeSpan.FromMilliseconds(300) };
        using var readers = Clients.Readers(fleet.Address);
        TestContext.Current.TestOutputHelper?.WriteLine($"{load}"); // shown when it fails
        var reading = readers.StartReads(null, Cancellation);
        var run = load.StartWrites(Writes, Cancellation);

        await run.MoreAcknowledgedAsync(Between);
        await StopAsync(fleet.Nodes[1], run);
        await CaughtUpAsync(fleet);
        Assert.All(run.Done, write => Assert.Equal(Fate.Acknowledged, write.Fate));

        foreach (var app in Enumerable.Range(0, 3))
        {
            await run.MoreAcknowledgedAsync(Between);
            await KillAppAsync(fleet, app);
            await CaughtUpAsync(fleet);
        }

        foreach (var nodes in (int[][])[[0], [1], [2], [0, 1, 2]])
        {
            await run.MoreAcknowledgedAsync(Between);
            await KillNodesAsync(fleet, nodes);
            await CaughtUpAsync(fleet);
        }

        await run.MoreAcknowledgedAsync(Between);
        var writes = await run.CompleteAsync();
        await reading.CompleteAsync();
        var agreement = await Agreement.ReadAsync(fleet, Cancellation);
        await fleet.ReadyAsync(Cancellation);
        var after = readers.StartReads(300, Cancellation);
        await after.CompleteAsync();

        agreement.AssertHolds(writes, _kills);
        Assert.Empty(after.Failures);
        Assert.Equal(3, after.Bodies.Count); // each names its node
    }

    private static async Task StopAsync(TeeProxyNode node, WriteRun run)
    {
        node.Process.Send(Signal.Stop);
        await Task.Delay(StopTime, Cancellation); // Not a wait for anything: the length is the case.
        await run.MoreAcknowledgedAsync(Between);
        node.Process.Send(Signal.Continue);
    }

    private async Task KillAppAsync(Fleet fleet, int app)
    {
        _kills[app]++;
        await fleet.Apps[app].KillAsync(Cancellation);
        await fleet.Apps[app].StartAsync(Cancellation);
    }

    private async Task KillNodesAsync(Fleet fleet, int[] nodes)
    {
        Array.ForEach(nodes, node => _kills[node]++);
        await Task.WhenAll(nodes.Select(node => fleet.Nodes[node].KillAsync(Cancellation)));
        Array.ForEach(nodes, node => fleet.Nodes[node].Start());
        await fleet.Head.ReadyAsync("write", Cancellation);
    }

    /// <summary>What the breakage interrupted has arrived everywhere, and came again no more often than there were kills.</summary>
    private async Task CaughtUpAsync(Fleet fleet)
    {
        var sequence = (await fleet.Head.StatusAsync(Cancellation)).LastSequence;
        foreach (var (node, app, kills) in fleet.Nodes.Zip(fleet.Apps, _kills))
        {
            await Eventually.TrueAsync(
                async () => (await node.StatusAsync(Cancellation)).AppliedSequence >= sequence, $"{node.Name} has applied {sequence}", Cancellation, () => node.Description);
            var repeats = (await app.StateAsync(Cancellation)).Discarded;
            Assert.True(repeats <= kills, $"{app.Name} saw {repeats} repeats after {kills} kills. {app.Process.Description}");
        }
    }
}
