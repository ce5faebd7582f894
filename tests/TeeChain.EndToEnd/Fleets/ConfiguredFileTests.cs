using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary><c>teechain up</c> with the shipped <c>config.yaml</c>, the configured balancer's own: three workers, two balancers, delays and failures.</summary>
public sealed class ConfiguredFileTests
{
    private const int Writes = 20;
    private const int Reads = 30;

    private static readonly string[] Four = ["node1", "node2", "node3", "node4"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Behind_the_gateway_both_balancers_serve_and_follow_a_scale_and_the_statistics_are_what_a_client_counts_after_a_restart_too() => FollowAsync(hasHaproxy: false);

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public Task Behind_HAProxy_both_balancers_serve_and_follow_a_scale_and_the_statistics_are_what_a_client_counts_after_a_restart_too() => FollowAsync(hasHaproxy: true);

    private static async Task FollowAsync(bool hasHaproxy)
    {
        await using var up = new UpRun(await File.ReadAllTextAsync(Repository.Example("config.yaml"), Cancellation), Four[..3]);
        await up.StartAsync(hasHaproxy, Cancellation, balancers: 2);
        var startFailures = up.Tally.Failures;

        var writes = (await Burst.WriteAsync(up.Balancer(1), Writes, Cancellation)).ToList();
        writes.AddRange(await Burst.WriteAsync(up.Balancer(2), Writes, Cancellation));
        up.Tally.Count(Four[0], 2 * Writes);
        await up.ShowsInTurnAsync(Cancellation, balancer: 1);
        await up.ShowsInTurnAsync(Cancellation, balancer: 2);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => HelloAsync(up, balancer: 1 + (client % 2))));
        Assert.InRange(up.Tally.Failures - startFailures, 1, 4 * Reads); // 12 %: none in 120 once in five million runs
        await up.Tally.AgreesAsync(up.Registry, Cancellation);
        Assert.True(File.Exists(up.PathOf("worker-stats.db")), "the database is where stats-dir says");

        await up.ScaleAsync(Four, Cancellation);
        await up.ShowsAsync(Four, Cancellation, balancer: 1);
        await up.ShowsAsync(Four, Cancellation, balancer: 2);
        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [0, 0, 0, 0]);
        await up.Tally.AgreesAsync(up.Registry, Cancellation);

        await up.StopAsync(Signal.Terminate, Cancellation);
        up.Start(hasHaproxy);
        await up.Tally.AgreesAsync(up.Registry, Cancellation);
    }

    private static async Task HelloAsync(UpRun up, int balancer)
    {
        for (var i = 0; i < Reads; i++)
        {
            await up.Tally.GetAsync(new Uri(up.Balancer(balancer), "/api/v1/hello"), Cancellation);
        }
    }
}
