using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary><c>kill -9</c> of applications in the middle of the load.</summary>
public sealed class KilledApplicationTests : IAsyncDisposable
{
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task Each_application_killed_in_turn_has_every_write_once_and_in_order_when_it_is_back()
    {
        _fleet = await Fleet.StartAsync(new FleetPlan { HasFront = true }, Cancellation);
        using var load = Chaos.Load(_fleet);
        var run = load.StartWrites(Chaos.Writes, Cancellation);

        foreach (var app in _fleet.Apps)
        {
            await run.MoreAcknowledgedAsync(Chaos.Between);
            await app.KillAsync(Cancellation);
            await app.StartAsync(Cancellation);
        }

        await run.MoreAcknowledgedAsync(Chaos.Between);
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation);
        await _fleet.ReadyAsync(Cancellation);
        agreement.AssertHolds(writes, mostDiscarded: [1, 1, 1]);
    }
}
