using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>What is in flight when somebody dies comes again: marked, and nothing else does.</summary>
public sealed class RepeatTests : IAsyncDisposable
{
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Theory]
    [InlineData(0, "teeproxy")]
    [InlineData(1, "teeproxy")]
    [InlineData(0, "application")]
    [InlineData(1, "application")]
    public async Task An_applied_but_unanswered_write_comes_again_once_and_marked(int node, string killed)
    {
        _fleet = await Fleet.StartAsync(new FleetPlan { Nodes = 2 }, Cancellation);
        var (app, proxy) = (_fleet.Apps[node], _fleet.Nodes[node]);
        await app.HangAsync(TimeSpan.FromMinutes(5), Cancellation, at: "after");
        using var load = new Load(_fleet.Address, connections: 4);
        var run = load.StartWrites(40, Cancellation);
        await Eventually.TrueAsync(async () => (await app.StateAsync(Cancellation)).Applied == 1, "a write is applied and hangs", Cancellation);

        if (killed == "teeproxy")
        {
            await proxy.KillAsync(Cancellation);
            await app.HangAsync(TimeSpan.Zero, Cancellation);
            proxy.Start();
        }
        else
        {
            await app.KillAsync(Cancellation);
            await app.StartAsync(Cancellation);
        }

        await _fleet.ReadyAsync(Cancellation);
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation);
        agreement.AssertHolds(writes, mostDiscarded: [node == 0 ? 1 : 0, node == 1 ? 1 : 0]);
        Assert.True(Assert.Single(agreement.Logs[node].Discarded).Marked);
    }
}
