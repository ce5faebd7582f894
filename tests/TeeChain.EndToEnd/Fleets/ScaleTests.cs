using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary><c>teechain scale</c>, up and down, while clients read and write.</summary>
public sealed class ScaleTests
{
    private static readonly string[] Five = ["node1", "node2", "node3", "node4", "node5"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Behind_HAProxy_from_three_to_five_to_two_no_read_fails_and_no_write_is_lost_or_disordered() => ScaleAsync(hasHaproxy: true);

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public Task Behind_the_gateway_from_three_to_five_to_two_no_read_fails_and_no_write_is_lost_or_disordered() => ScaleAsync(hasHaproxy: false);

    private static async Task ScaleAsync(bool hasHaproxy)
    {
        await using var up = new UpRun("workers: 3", Five[..3]);
        await up.StartAsync(hasHaproxy, Cancellation);
        using var readers = Clients.Readers(up.Balancer());
        using var writers = Clients.Writers(up.Balancer());
        var reads = readers.StartReads(null, Cancellation);
        var run = writers.StartWrites(20, Cancellation);
        await run.AcknowledgedAsync(20);

        await up.ScaleAsync(Five, Cancellation);
        await run.MoreAcknowledgedAsync(20);
        var writes = (await run.CompleteAsync()).ToList();

        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [0, 0, 0, 0, 0]);
        await up.ShowsAsync(Five, Cancellation);

        using var laterWriters = Clients.Writers(up.Balancer());
        run = laterWriters.StartWrites(20, Cancellation);
        await run.AcknowledgedAsync(20);

        await up.ScaleAsync(Five[..2], Cancellation);
        await run.MoreAcknowledgedAsync(20);
        writes.AddRange(await run.CompleteAsync());
        await reads.CompleteAsync();

        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [0, 0]);
        await up.ShowsAsync(Five[..2], Cancellation);
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        Assert.True(reads.Failures.Count == 0, $"{reads.Failures.Count} of {reads.Done} reads failed: {string.Join(", ", reads.Failures.Take(5))}\n{up.Description}");
        Assert.Equal(Five.Select(UpRun.Greeting), reads.Bodies.Keys.Order(StringComparer.Ordinal));
        await up.StopAsync(Signal.Terminate, Cancellation);
    }
}
