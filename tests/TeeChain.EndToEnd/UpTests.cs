using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>What a newcomer does: <c>./misc-commands.sh up 3</c>, traffic, <c>down</c>.</summary>
public sealed class UpTests : IAsyncDisposable
{
    private const int Nodes = 3;
    private const int Writes = 5000;
    private const int Reads = 10_000;
    private const int Connections = 64;

    private readonly TestFolder _folder = new();
    private readonly int _base = Ports.Reserve().Base;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await RunScriptAsync("down");
        _folder.Dispose();
    }

    [Fact]
    public async Task Behind_up_every_application_sees_the_same_writes_once_in_the_same_order_and_an_equal_share_of_the_reads()
    {
        // While a program of this tree runs, `up` does not build, nor where it is told which to run: the tests' own is the one to test.
        await using var running = new Harness.SampleApp("running", Ports.Reserve().Next(), _folder.Path);
        await running.StartAsync(Cancellation);
        await RunScriptAsync("up", $"{Nodes}");
        var address = new Uri($"http://127.0.0.1:{_base + 30}");

        using var load = new Load(address, Connections);
        var writes = await load.WriteAsync(Writes, Cancellation);
        var agreement = await Agreement.ReadAsync(ScriptNodes(), ScriptApps(), Cancellation);
        var reads = load.StartReads(Reads, Cancellation);
        await reads.CompleteAsync();

        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        agreement.AssertHolds(writes, mostDiscarded: [0, 0, 0]);
        Assert.All(agreement.Logs, log => Assert.Equal(Writes, log.Applied.Count(write => write.User.StartsWith($"s{load.Seed}-", StringComparison.Ordinal))));
        Assert.Empty(reads.Failures);
        Assert.Equal(Nodes, reads.Bodies.Count);
        Assert.All(reads.Bodies, node => Assert.InRange(node.Value, 0.75 * Reads / Nodes, 1.25 * Reads / Nodes));
        Assert.Equal(0, await RunScriptAsync("verify"));
        Assert.Equal(0, await RunScriptAsync("status"));
    }

    // The ports of `misc-commands.sh --help`: applications from the base on, teeproxies 10 further, admin 20 further.
    private Harness.SampleApp[] ScriptApps() => [.. Enumerable.Range(0, Nodes).Select(i => new Harness.SampleApp($"app{i + 1}", _base + i, _folder.Path))];

    private TeeProxyNode[] ScriptNodes() => [.. Enumerable.Range(0, Nodes).Select(i => new TeeProxyNode(
        $"node{i + 1}", new NodeFlags { Listen = _base + 10 + i, Admin = _base + 20 + i, Local = _base + i, Data = "" }, _folder.Path))];

    private async Task<int> RunScriptAsync(params string[] arguments)
    {
        await using var script = RealProcess.Start(
            Repository.Script, arguments, _folder.File($"{arguments[0]}.log"),
            environment: new Dictionary<string, string>
            {
                ["TEECHAIN_BASE_PORT"] = $"{_base}",
                ["TEECHAIN_RUN_DIR"] = _folder.File("run"),
                ["TEECHAIN_CONFIGURATION"] = Repository.Configuration,
                [Repository.ProgramsVariable] = Repository.Programs ?? "",
            });
        var exit = await script.WaitExitAsync(CancellationToken.None);
        Assert.True(exit == 0, script.Description);
        return exit;
    }
}
