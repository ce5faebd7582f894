using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol;

namespace TeeChain.EndToEnd;

/// <summary>What the other tests rely on.</summary>
public sealed class HarnessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_sample_application_comes_back_with_all_that_it_answered()
    {
        using var folder = new TestFolder();
        await using var app = new Harness.SampleApp("app", Ports.Reserve().Next(), folder.Path);
        await app.StartAsync(Cancellation);
        using var load = new Load(app.Address, connections: 4);
        var writes = await load.WriteAsync(200, Cancellation);

        await app.KillAsync(Cancellation);
        await app.StartAsync(Cancellation);

        var log = await app.LogAsync(Cancellation);
        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        Assert.Equal(
            writes.Select(write => (write.User, write.Kind)).Order(),
            log.Applied.Select(write => (write.User, write.Kind)).Order());
    }

    [Fact]
    public async Task A_write_that_nobody_takes_is_known_to_be_refused()
    {
        using var load = new Load(new Uri($"http://127.0.0.1:{Ports.Reserve().Next()}"), connections: 1) { IsRetrying = false };

        var writes = await load.WriteAsync(1, Cancellation);

        Assert.NotEmpty(writes);
        Assert.All(writes, write => Assert.Equal(Fate.Refused, write.Fate));
    }

    [Fact]
    public async Task The_check_of_the_promises_finds_what_breaks_them()
    {
        await using var fleet = await Fleet.StartAsync(new FleetPlan { Nodes = 2 }, Cancellation);
        using var load = new Load(fleet.Address, connections: 2);
        var writes = await load.WriteAsync(20, Cancellation);
        var kept = await Agreement.ReadAsync(fleet, Cancellation);
        var first = kept.Logs[1].Applied[0];

        // Behind the chain's back: a repeat that is marked, a write that no other node has, and a repeat that is not marked.
        await DeliverAsync(fleet.Apps[1], first.Sequence!.Value, first, isMarked: true);
        var repeated = await Agreement.ReadAsync(fleet, Cancellation);
        await DeliverAsync(fleet.Apps[1], long.MaxValue, first with { User = "stranger" }, isMarked: false);
        var extra = await Agreement.ReadAsync(fleet, Cancellation);
        await DeliverAsync(fleet.Apps[1], first.Sequence.Value, first, isMarked: false);
        var unmarked = await Agreement.ReadAsync(fleet, Cancellation);

        kept.AssertHolds(writes, [0, 0]);
        AssertFails("is there 0 times", () => kept.AssertHolds([.. writes, new ClientWrite("nobody", "register", Fate.Acknowledged, "")], [0, 0]));
        AssertFails("is there 1 times", () => kept.AssertHolds([writes[0] with { Fate = Fate.Refused }], [0, 0]));
        AssertFails("saw 1 repeats", () => repeated.AssertHolds(writes, [0, 0]));
        AssertFails("node1 has 20 writes, node2 21", () => extra.AssertHolds(writes, [0, 1]));
        AssertFails("1 repeats are not marked", () => unmarked.AssertHolds(writes, [0, 2]));
    }

    private static void AssertFails(string because, Action check)
    {
        var failure = Record.Exception(check);

        Assert.NotNull(failure);
        Assert.Contains(because, failure.Message, StringComparison.Ordinal);
    }

    private static async Task DeliverAsync(Harness.SampleApp app, long sequence, AppliedWrite write, bool isMarked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, $"/{write.Kind}"))
        {
            Content = new FormUrlEncodedContent([new("user", write.User), new("password", "stolen")]),
            Headers = { { HeaderNames.Chain, $"{write.Chain}" }, { HeaderNames.Sequence, $"{sequence}" } },
        };
        if (isMarked)
        {
            request.Headers.Add(HeaderNames.Redelivery, "1");
        }

        using var answer = await Loopback.Control.SendAsync(request, Cancellation);
        answer.EnsureSuccessStatusCode();
    }
}
