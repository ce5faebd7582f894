using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary><c>--order key</c> with applications that take 50 ms for a write: in total order they could take 20 a second.</summary>
public sealed class LanesTests : IAsyncDisposable
{
    /// <summary>As many as the lanes; each rests between two writes, so that they come to some 100 a second.</summary>
    private const int Connections = 16;

    private static readonly FleetPlan Plan = new()
    {
        Delay = TimeSpan.FromMilliseconds(50),
        Adjust = (_, flags) => flags with { Others = ["--order", "key", "--key", "form:user"] },
    };

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Replicas_keep_up_with_users_who_write_side_by_side_and_each_users_writes_stay_in_order()
    {
        _fleet = await Fleet.StartAsync(Plan, Cancellation);
        using var load = Load(_fleet);

        var writes = await load.WriteAsync(500, Cancellation);

        // What replicas had not applied when the last client had its answer: at most what was in flight, give or take.
        var lags = (await Task.WhenAll(_fleet.Nodes.Select(node => node.StatusAsync(Cancellation)))).Select(status => status.LagEntries).ToArray();
        Assert.All(lags, lag => Assert.InRange(lag, 0, 8 * Connections));
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation, isByUser: true);
        agreement.AssertHolds(writes, mostDiscarded: [0, 0, 0]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_user_whose_write_hangs_holds_up_nobody_else_and_a_write_without_a_user_waits_for_all()
    {
        _fleet = await Fleet.StartAsync(Plan with { Delay = TimeSpan.Zero }, Cancellation);
        var (app, node) = (_fleet.Apps[1], _fleet.Nodes[1]);
        await app.HangAsync(TimeSpan.FromMinutes(5), Cancellation, user: "slow");
        Assert.Equal(201, (await OneWrite.RegisterAsync(_fleet.Address, "slow", Cancellation)).Status);

        var writes = await Burst.WriteAsync(_fleet.Address, 100, Cancellation);
        await Eventually.TrueAsync(async () => (await app.StateAsync(Cancellation)).Applied == 100, "the others' writes are applied", Cancellation);
        Assert.InRange((await node.StatusAsync(Cancellation)).AppliedSequence, 0, 10);
        using var noUser = new HttpRequestMessage(HttpMethod.Post, new Uri(_fleet.Address, "/register")) { Content = new StringContent("nothing") };
        Assert.Equal(415, (await OneWrite.SendAsync(noUser, Cancellation)).Status);
        Assert.Equal(201, (await OneWrite.RegisterAsync(_fleet.Address, "behind", Cancellation)).Status);
        await Eventually.TrueAsync(async () => (await _fleet.Apps[2].StateAsync(Cancellation)).Applied == 102, "the next node has everything", Cancellation);
        Assert.Equal(100, (await app.StateAsync(Cancellation)).Applied);

        await app.HangAsync(TimeSpan.Zero, Cancellation);
        await _fleet.ReadyAsync(Cancellation);
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation, isByUser: true);
        agreement.AssertHolds([.. writes, new ClientWrite("slow", "register", Fate.Acknowledged, ""), new ClientWrite("behind", "register", Fate.Acknowledged, "")], mostDiscarded: [0, 1, 0]);
    }

    [Fact]
    public async Task Teeproxies_killed_in_the_middle_lose_nothing_and_repeat_no_more_than_their_lanes_held()
    {
        _fleet = await Fleet.StartAsync(Plan, Cancellation);
        using var load = Load(_fleet);
        var run = load.StartWrites(600, Cancellation);

        foreach (var killed in (int[][])[[1], [0], [0, 1, 2]])
        {
            await run.MoreAcknowledgedAsync(100);
            await Task.WhenAll(killed.Select(i => _fleet.Nodes[i].KillAsync(Cancellation)));
            foreach (var i in killed)
            {
                _fleet.Nodes[i].Start();
            }

            await _fleet.Head.ReadyAsync("write", Cancellation);
        }

        await run.MoreAcknowledgedAsync(100);
        var writes = await run.CompleteAsync();
        await _fleet.ReadyAsync(Cancellation);
        var agreement = await Agreement.ReadAsync(_fleet, Cancellation, isByUser: true);
        agreement.AssertHolds(writes, mostDiscarded: [2 * Connections, 2 * Connections, Connections]);
    }

    private static Load Load(Fleet fleet) => new(fleet.Address, Connections) { Pause = TimeSpan.FromMilliseconds(100) };
}
