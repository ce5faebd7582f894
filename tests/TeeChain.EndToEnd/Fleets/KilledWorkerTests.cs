using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary>A worker's processes die under <c>teechain up</c>.</summary>
public sealed class KilledWorkerTests
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Behind_the_gateway_a_worker_whose_process_dies_is_out_of_the_turns_within_two_health_intervals_and_comes_back_by_itself() => KillAsync(hasHaproxy: false);

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public Task Behind_HAProxy_a_worker_whose_process_dies_is_out_of_the_turns_within_two_health_intervals_and_comes_back_by_itself() => KillAsync(hasHaproxy: true);

    private static async Task KillAsync(bool hasHaproxy)
    {
        // While a file is there its application cannot start again: else it would be back before anybody sees that it was gone.
        await using var up = new UpRun(
            $$"""
            workers: 3
            health-interval: {{HealthInterval.TotalSeconds}}s
            app: sh -c 'test ! -e down-$1 && exec "$0" --port "$2" --name "$1" --data "$3/users"' {{Repository.SampleApp}} {name} {port} {data}
            """,
            "node1", "node2", "node3");
        await up.StartAsync(hasHaproxy, Cancellation);
        using var readers = Clients.Readers(up.Balancer());
        using var writers = Clients.Writers(up.Balancer());
        var reads = readers.StartReads(null, Cancellation);
        var run = writers.StartWrites(20, Cancellation);
        await run.AcknowledgedAsync(10);

        await File.WriteAllTextAsync(up.PathOf("down-node2"), "", Cancellation);
        up.Kill("sample-app", "node2");
        await up.ShowsAsync(["node1", "node3"], Cancellation, deadline: 2 * HealthInterval);
        await run.MoreAcknowledgedAsync(10);
        File.Delete(up.PathOf("down-node2"));
        await up.ShowsAsync(up.Names, Cancellation);

        up.Kill("teeproxy", "node1");
        await up.TellsAsync("node1-teeproxy was ended by signal 9", Cancellation);
        await run.MoreAcknowledgedAsync(10);
        var writes = await run.CompleteAsync();
        await up.ShowsAsync(up.Names, Cancellation);
        await reads.CompleteAsync();

        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [1, 1, 0]);
        Assert.True(reads.Failures.Count == 0, $"{reads.Failures.Count} of {reads.Done} reads failed: {string.Join(", ", reads.Failures.Take(5))}\n{up.Description}");
        await up.StopAsync(Signal.Terminate, Cancellation);
    }
}
