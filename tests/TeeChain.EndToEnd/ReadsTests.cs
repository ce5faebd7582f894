using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>
/// HAProxy sends reads to nodes that are in step, and to no others; no read fails on the way out or back. Reads go on all
/// the time, and so do writes, without which nobody would lag.
/// </summary>
public sealed class ReadsTests : IAsyncDisposable
{
    /// <summary>Reads that are counted while a node must get none, or some.</summary>
    private const int Counted = 300;

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public Task A_node_whose_application_hangs_gets_no_reads_until_it_has_caught_up() => OutAndBackAsync(
        2, [2],
        fleet => fleet.Apps[2].HangAsync(TimeSpan.FromSeconds(60), Cancellation),
        fleet => fleet.Apps[2].HangAsync(TimeSpan.Zero, Cancellation));

    [Fact]
    public Task A_node_whose_application_is_slow_gets_no_reads_until_it_has_caught_up() => OutAndBackAsync(
        1, [1],
        fleet => fleet.Apps[1].HangAsync(TimeSpan.FromMilliseconds(200), Cancellation),
        fleet => fleet.Apps[1].HangAsync(TimeSpan.Zero, Cancellation));

    [Fact]
    public Task A_node_whose_application_is_down_gets_no_reads_until_it_has_caught_up() => OutAndBackAsync(
        1, [1],
        fleet => fleet.Apps[1].KillAsync(Cancellation),
        fleet => fleet.Apps[1].StartAsync(Cancellation));

    [Fact]
    public Task A_stopped_node_and_those_behind_it_get_no_reads_until_they_have_caught_up() => OutAndBackAsync(
        1, [1, 2],
        fleet => Signalled(fleet, Signal.Stop),
        fleet => Signalled(fleet, Signal.Continue));

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public Task A_node_that_is_told_to_end_gets_no_reads_until_it_is_back_and_has_caught_up() => OutAndBackAsync(
        1, [1, 2],
        async fleet =>
        {
            fleet.Nodes[1].Process.Send(Signal.Terminate);
            Assert.Equal(0, await fleet.Nodes[1].Process.WaitExitAsync(Cancellation));
        },
        fleet =>
        {
            fleet.Nodes[1].Start();
            return Task.CompletedTask;
        });

    /// <param name="broken">The node that something is done to.</param>
    /// <param name="out">The nodes that must get no reads while it lasts.</param>
    private async Task OutAndBackAsync(int broken, int[] @out, Func<Fleet, Task> breakAsync, Func<Fleet, Task> mendAsync)
    {
        _fleet = await Fleet.StartAsync(new FleetPlan { HasFront = true, Adjust = (i, flags) => i == broken ? Patient(flags) : flags }, Cancellation);
        var front = _fleet.Front!;
        using var load = new Load(front.Address, connections: 4) { Pause = TimeSpan.FromMilliseconds(20) };
        var writing = load.StartWrites(1, Cancellation);
        await writing.AcknowledgedAsync(100);
        await _fleet.ReadyAsync(Cancellation);
        using var readers = new Load(front.Address, connections: 8) { Pause = TimeSpan.FromMilliseconds(20) };
        var reading = readers.StartReads(null, Cancellation);
        await reading.MoreDoneAsync(Counted);

        await breakAsync(_fleet);
        await Task.WhenAll(@out.Select(node => front.ReadsAsync(node, isUp: false, Cancellation)));
        await reading.MoreDoneAsync(Counted); // what was on its way when the node went out may still be counted for it
        var before = await SessionsAsync(front);
        await reading.MoreDoneAsync(Counted);
        var after = await SessionsAsync(front);

        await mendAsync(_fleet);
        await Task.WhenAll(@out.Select(node => front.ReadsAsync(node, isUp: true, Cancellation)));
        await reading.MoreDoneAsync(Counted);
        var atLast = await SessionsAsync(front);
        await reading.CompleteAsync();
        var writes = await writing.CompleteAsync();

        Assert.True(reading.Failures.Count == 0, $"{reading.Failures.Count} of {reading.Done} reads failed: {string.Join("\n", reading.Failures.Take(5))}\n{front.Process.Description}");
        Assert.All(@out, node => Assert.Equal(before[node], after[node]));
        Assert.All(Enumerable.Range(0, _fleet.Nodes.Count).Except(@out), node => Assert.True(after[node] > before[node], $"node {node + 1} gets no reads either"));
        Assert.All(@out, node => Assert.True(atLast[node] > after[node], $"node {node + 1} gets no reads again"));
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation);
        agreement.AssertHolds(writes, mostDiscarded: [.. Enumerable.Range(0, _fleet.Nodes.Count).Select(i => i == broken ? 1 : 0)]);
    }

    // A hanging application is not asked twice, so that the repeats stay countable.
    private static NodeFlags Patient(NodeFlags flags) => flags with { AppTimeout = TimeSpan.FromMinutes(2), AckTimeout = TimeSpan.FromMinutes(3) };

    private static Task Signalled(Fleet fleet, Signal signal)
    {
        fleet.Nodes[1].Process.Send(signal);
        return Task.CompletedTask;
    }

    private static async Task<long[]> SessionsAsync(HaProxy front)
    {
        var rows = await front.StatsAsync(Cancellation);
        return [.. Enumerable.Range(0, 3).Select(node => rows.Single(row => row.Proxy == "reads" && row.Server == HaProxy.ServerName(node)).Sessions)];
    }
}
