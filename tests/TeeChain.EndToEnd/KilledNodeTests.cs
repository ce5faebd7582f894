using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary><c>kill -9</c> and SIGSTOP of teeproxies in the middle of the load.</summary>
public sealed class KilledNodeTests : IAsyncDisposable
{
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task Teeproxies_killed_in_turn_and_all_at_once_lose_nothing_and_repeat_no_more_than_was_in_flight()
    {
        _fleet = await Fleet.StartAsync(new FleetPlan { HasFront = true }, Cancellation);
        using var load = Chaos.Load(_fleet);
        var run = load.StartWrites(Chaos.Writes, Cancellation);

        foreach (var killed in (int[][])[[0], [1], [2], [0, 1, 2]])
        {
            await run.MoreAcknowledgedAsync(Chaos.Between);
            await Task.WhenAll(killed.Select(i => _fleet.Nodes[i].KillAsync(Cancellation)));
            foreach (var i in killed)
            {
                _fleet.Nodes[i].Start();
            }

            // Replicas may still be catching up when the next one is killed.
            await _fleet.Head.ReadyAsync("write", Cancellation);
        }

        await run.MoreAcknowledgedAsync(Chaos.Between);
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation);
        await _fleet.ReadyAsync(Cancellation);
        agreement.AssertHolds(writes, mostDiscarded: [2, 2, 2]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_teeproxy_stopped_in_the_middle_of_the_chain_repeats_nothing_and_catches_up()
    {
        _fleet = await Fleet.StartAsync(new FleetPlan { HasFront = true }, Cancellation);
        using var load = Chaos.Load(_fleet);
        var run = load.StartWrites(Chaos.Writes, Cancellation);
        await run.AcknowledgedAsync(Chaos.Between);

        _fleet.Nodes[1].Process.Send(Signal.Stop);
        await Task.Delay(TimeSpan.FromSeconds(5), Cancellation); // Not a wait for anything: the length is the case.
        await run.MoreAcknowledgedAsync(Chaos.Between);
        _fleet.Nodes[1].Process.Send(Signal.Continue);

        await run.MoreAcknowledgedAsync(Chaos.Between);
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation);
        await _fleet.ReadyAsync(Cancellation);
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        agreement.AssertHolds(writes, mostDiscarded: [0, 0, 0]);
    }
}
