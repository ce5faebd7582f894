using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary>Ends of <c>teechain up</c> while clients write, and what the next one finds.</summary>
[Trait(Repository.When, Repository.OnlyInAll)]
public sealed class RestartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_to_stop_it_leaves_no_process_and_killed_none_that_the_next_cannot_deal_with_and_no_write_is_lost()
    {
        await using var up = new UpRun("workers: 2", "node1", "node2");
        await up.StartAsync(hasHaproxy: false, Cancellation);
        using var load = Clients.Writers(up.Balancer());
        var run = load.StartWrites(20, Cancellation);
        await run.AcknowledgedAsync(10);

        await up.StopAsync(Signal.Interrupt, Cancellation);
        Assert.Contains("Everything has stopped; the data stays", up.Process.Log, StringComparison.Ordinal);
        up.Start(hasHaproxy: true);
        await run.MoreAcknowledgedAsync(10);

        await up.Process.KillAsync(Cancellation);
        up.Start(hasHaproxy: true);
        await run.MoreAcknowledgedAsync(10);

        // A third is on its way in, and the next one goes on with it.
        await up.AskToScaleAsync(3, Cancellation);
        await up.StopAsync(Signal.Terminate, Cancellation);
        up.Names = ["node1", "node2", "node3"];
        up.Start(hasHaproxy: false);
        await run.MoreAcknowledgedAsync(10);
        var writes = await run.CompleteAsync();

        await up.ShowsAsync(up.Names, Cancellation);
        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [1, 1, 1]);
    }

    [Fact]
    public async Task Who_the_file_has_no_more_leaves_at_the_next_start_also_where_nobody_ever_scaled()
    {
        await using var up = new UpRun("workers: 3", "node1", "node2", "node3");
        await up.StartAsync(hasHaproxy: false, Cancellation);
        using var load = new Load(up.Balancer(), connections: 1);
        var writes = await load.WriteAsync(3, Cancellation);
        await up.StopAsync(Signal.Terminate, Cancellation);

        up.Edit("workers: 3", "workers: 2");
        up.Start(hasHaproxy: false);

        await up.TellsAsync("node3 has left the fleet", Cancellation);
        up.Names = ["node1", "node2"];
        await up.ShowsAsync(up.Names, Cancellation);
        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [0, 0]);
    }
}
