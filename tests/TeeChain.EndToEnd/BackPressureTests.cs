using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd;

/// <summary><c>--journal-max-bytes</c> with a node that is away: the head's journal fills, and <c>--on-full</c> says what then.</summary>
public sealed class BackPressureTests : IAsyncDisposable
{
    private const int Connections = 8;

    private const int LargeBytes = 512 << 10;

    private const int Small = 100;

    private static readonly int BudgetMegabytes = Repository.IsAll ? 128 : 16;

    /// <summary>So many make 200 MB, or half more than the budget.</summary>
    private static readonly int Writes = Repository.IsAll ? 400 : 48;

    private readonly HttpClient _client = new(Loopback.Handler(Connections)) { Timeout = TimeSpan.FromSeconds(60) };
    private Fleet? _fleet;
    private int _users;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>How the tail is held down; all of them only where there is time.</summary>
    public static TheoryData<string> Ways(string shortest) => Repository.IsAll ? ["teeproxy killed", "teeproxy stopped", "application killed"] : [shortest];

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Ways), "teeproxy stopped")]
    public async Task Refuse_refuses_with_503_and_loses_nothing(string how)
    {
        var fleet = _fleet = await StartAsync("refuse");
        await TakeAwayAsync(fleet, how);

        var writes = await WriteAsync(fleet, Writes);
        Assert.Contains(writes, write => write.Fate == Fate.Acknowledged);
        Assert.Contains(writes, write => write.Fate == Fate.Refused);
        Assert.All(writes, write => Assert.True(write.Fate == Fate.Acknowledged || write.Detail.Contains("503", StringComparison.Ordinal), $"{write}"));
        Assert.Empty((await fleet.Head.StatusAsync(Cancellation)).Detached);

        await BringBackAsync(fleet, how);
        await fleet.ReadyAsync(Cancellation);
        await Eventually.TrueAsync(
            async () => (await WriteAsync(fleet, 1, Small)).Single().Fate == Fate.Acknowledged, "writes are taken again", Cancellation, () => fleet.Head.Description);
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds(writes, mostDiscarded: [0, 0, 1]);
    }

    [Theory]
    [MemberData(nameof(Ways), "application killed")]
    public async Task Detach_goes_on_names_the_node_and_takes_it_back_in_time(string how)
    {
        var fleet = _fleet = await StartAsync("detach");
        await TakeAwayAsync(fleet, how);

        // Until it is to be let go, and no further: what it needs is kept only while the journal is within its budget.
        List<ClientWrite> writes = [];
        while (await fleet.Head.StatusAsync(Cancellation) is { Detached.Count: 0 } status && status.HeldBytes < ((long)BudgetMegabytes << 20) / 4 * 3)
        {
            writes.AddRange(await WriteAsync(fleet, Connections, BudgetMegabytes << 12)); // 256 to the budget
        }

        await Eventually.TrueAsync(
            async () => (await fleet.Head.StatusAsync(Cancellation)).Detached.Count > 0, "a node is let go", Cancellation, () => fleet.Head.Description);
        await AssertNamedAsync(fleet);
        if (how == "application killed")
        {
            // The stream to it has ended, two nodes from the head: its own journal grows no more.
            await Eventually.TrueAsync(async () => (await fleet.Nodes[1].StatusAsync(Cancellation)).Next is { Connected: false }, "the stream to it ends", Cancellation);
            var held = (await fleet.Nodes[2].StatusAsync(Cancellation)).LastSequence;
            writes.AddRange(await WriteAsync(fleet, 4, Small));
            await Agreement.SettledAsync([fleet.Nodes[0], fleet.Nodes[1]], Cancellation);
            Assert.Equal(held, (await fleet.Nodes[2].StatusAsync(Cancellation)).LastSequence);
        }

        await BringBackAsync(fleet, how);
        await fleet.ReadyAsync(Cancellation);
        writes.AddRange(await WriteAsync(fleet, 4, Small));
        Assert.All(writes, write => Assert.True(write.Fate == Fate.Acknowledged, $"{write}"));
        await Eventually.TrueAsync(
            async () => (await Task.WhenAll(fleet.Nodes.Select(node => node.StatusAsync(Cancellation)))).All(status => status.Detached.Count == 0),
            "it is taken back", Cancellation, () => fleet.Head.Description);
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds(writes, mostDiscarded: [0, 0, 1]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Theory]
    [MemberData(nameof(Ways), "teeproxy killed")]
    public async Task Detach_refuses_a_node_that_comes_back_too_late_and_says_so(string how)
    {
        var fleet = _fleet = await StartAsync("detach");
        await TakeAwayAsync(fleet, how);

        var writes = await WriteAsync(fleet, 2 * Writes);
        Assert.All(writes, write => Assert.True(write.Fate == Fate.Acknowledged, $"{write}"));
        await AssertNamedAsync(fleet);

        await BringBackAsync(fleet, how);
        Problem? problem = null;
        await Eventually.TrueAsync(
            async () => (problem = (await fleet.Nodes[1].StatusAsync(Cancellation)).Problems.FirstOrDefault(one => one.Verdict == "Gap")) is not null,
            "the node before it says that it must be seeded", Cancellation, () => fleet.Nodes[1].Description);
        Assert.Contains("seed", problem!.Text, StringComparison.Ordinal);
        Assert.NotNull(await fleet.Nodes[2].NotReadyAsync("read", Cancellation));
        await AssertNamedAsync(fleet);
        (await Agreement.ReadAsync([.. fleet.Nodes.Take(2)], [.. fleet.Apps.Take(2)], Cancellation)).AssertHolds(writes, mostDiscarded: [0, 0]);
    }

    private static async Task<Fleet> StartAsync(string onFull)
    {
        var fleet = await Fleet.StartAsync(Plan(onFull), Cancellation);
        await Burst.WriteAsync(fleet.Address, 4, Cancellation);
        await Eventually.TrueAsync(
            async () => (await fleet.Head.StatusAsync(Cancellation)).Nodes.Count == fleet.Nodes.Count, "the head knows every node", Cancellation);
        return fleet;
    }

    private static FleetPlan Plan(string onFull) =>
        new()
        {
            Adjust = (_, flags) => flags with
            {
                AppTimeout = TimeSpan.FromSeconds(60),
                AckTimeout = TimeSpan.FromSeconds(60),
                MaxBodyBytes = 2 << 20,
                JournalMaxBytes = (long)BudgetMegabytes << 20,
                Others = ["--on-full", onFull],
            },
        };

    private static Task TakeAwayAsync(Fleet fleet, string how)
    {
        if (how == "teeproxy stopped")
        {
            fleet.Nodes[2].Process.Send(Signal.Stop);
            return Task.CompletedTask;
        }

        return how == "teeproxy killed" ? fleet.Nodes[2].KillAsync(Cancellation) : fleet.Apps[2].KillAsync(Cancellation);
    }

    private static async Task BringBackAsync(Fleet fleet, string how)
    {
        switch (how)
        {
            case "teeproxy stopped":
                fleet.Nodes[2].Process.Send(Signal.Continue);
                break;
            case "teeproxy killed":
                fleet.Nodes[2].Start();
                break;
            default:
                await fleet.Apps[2].StartAsync(Cancellation);
                break;
        }
    }

    private static async Task AssertNamedAsync(Fleet fleet)
    {
        var address = $"127.0.0.1:{fleet.Nodes[2].Flags.Listen}";
        // On a busy machine the one before it may be let go for a moment too.
        Assert.Contains((await fleet.Head.StatusAsync(Cancellation)).Detached, node => node.Address == address);
        await Eventually.TrueAsync(
            () => Task.FromResult(fleet.Head.Log.Contains($"at {address} is let go", StringComparison.Ordinal)), "the log names it", Cancellation, () => fleet.Head.Description);
    }

    /// <summary>Each by a user of its own; none is sent again.</summary>
    private async Task<IReadOnlyList<ClientWrite>> WriteAsync(Fleet fleet, int count, int bytes = LargeBytes)
    {
        var done = new ClientWrite[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = Cancellation }, async (i, cancellation) =>
        {
            var user = $"u{Interlocked.Increment(ref _users)}";
            using var form = new FormUrlEncodedContent([new("user", user), new("password", new string('p', bytes))]);
            using var answer = await _client.PostAsync(new Uri(fleet.Address, "/register"), form, cancellation);
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            var fate = answer.IsSuccessStatusCode ? Fate.Acknowledged : body.Contains("Nothing was recorded", StringComparison.Ordinal) ? Fate.Refused : Fate.Ambiguous;
            done[i] = new ClientWrite(user, "register", fate, answer.IsSuccessStatusCode ? "" : $"{(int)answer.StatusCode} {body}");
        });
        return done;
    }
}
