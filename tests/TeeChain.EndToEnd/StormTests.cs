using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>
/// All six processes are killed, stopped and restarted at random under load, again and again. Afterwards every node agrees,
/// nothing that was acknowledged is missing, and nothing that was refused is there.
/// </summary>
public sealed class StormTests : IAsyncDisposable
{
    private const int Connections = 16;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [Trait(Repository.When, Repository.OnlyInAll)]
    [InlineData("--ack local")]
    [InlineData("--ack chain")]
    [InlineData("--order key --key form:user")]
    public async Task After_a_storm_all_nodes_agree_and_nothing_acknowledged_is_missing(string flags)
    {
        var isByUser = flags.Contains("--key", StringComparison.Ordinal);
        var fleet = _fleet = await Fleet.StartAsync(
            new FleetPlan
            {
                HasFront = true,
                HasSpares = true,
                Adjust = (_, node) => node with
                {
                    AckTimeout = TimeSpan.FromSeconds(4),
                    AppTimeout = TimeSpan.FromSeconds(60), // what a stopped application holds is not repeated, so that repeats can be counted
                    Drain = TimeSpan.FromMilliseconds(200),
                    Others = flags.Split(' '),
                },
            },
            Cancellation);
        using var load = new Load(fleet.Address, Connections) { Pause = TimeSpan.FromMilliseconds(50) };
        var storm = new Storm(fleet, Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{storm} {load}"); // shown when it fails
        var run = load.StartWrites(1, Cancellation);

        await storm.BlowAsync(Cancellation);
        await fleet.ReadyAsync(Cancellation);
        await run.MoreAcknowledgedAsync(100);
        var writes = await run.CompleteAsync();

        var agreement = await Agreement.ReadAsync(fleet, Cancellation, isByUser);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{storm} Writes: {string.Join(", ", writes.CountBy(write => write.Fate))}; repeats: {string.Join(", ", agreement.Logs.Select(log => log.Discarded.Count))}.");
        Assert.Contains(writes, write => write.Fate == Fate.Acknowledged);

        // Whoever ends leaves unknown what was on its way to the application: one write in total order, one a lane by key.
        agreement.AssertHolds(writes, mostDiscarded: [.. storm.Ends.Select(ends => ends * (isByUser ? Connections : 1))]);
    }
}
