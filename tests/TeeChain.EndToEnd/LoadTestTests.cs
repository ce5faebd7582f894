using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>The program <c>loadtest</c>, against a small chain.</summary>
public sealed class LoadTestTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await (_fleet?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task It_passes_a_sound_chain_and_names_the_node_whose_application_lacks_a_write()
    {
        _fleet = await Fleet.StartAsync(new FleetPlan { Nodes = 2 }, Cancellation);

        await RunAsync(seed: 1, "3s", exit: 0, "\n2 nodes hold and delivered the same up to record ", "\n2 applications applied each of 120 acknowledged writes once, in the same order\n", "\nPASSED\n");
        Assert.All(["report.txt", "report.json", "report.csv", "report.html"], name => Assert.True(new FileInfo(_folder.File(name)).Length > 0, name));

        // The first new user of the run with seed 2; the head takes it, so nobody notices but who compares.
        await _fleet.Apps[1].FailWritesAsync(400, Cancellation, user: "s2-new1");
        await RunAsync(seed: 2, "1s", exit: 1, $"\nlost: 127.0.0.1:{_fleet.Nodes[1].Flags.Admin} lacks 1 of 80 acknowledged writes; the first: /register of s2-new1 (version 1)\n", "\nFAILED: ");
    }

    private async Task RunAsync(int seed, string duration, int exit, params string[] says)
    {
        await using var run = RealProcess.Start(
            Repository.LoadTest,
            [
                "--url", $"{_fleet!.Address.GetLeftPart(UriPartial.Authority)}", "--gets", "100", "--posts", "20", "--duration", duration, "--warm-up", "0s", "--users", "60",
                "--nodes", string.Join(',', _fleet.Nodes.Select(node => $":{node.Flags.Admin}")), "--seed", $"{seed}", "--report", _folder.Path,
            ],
            _folder.File($"loadtest-{seed}.log"));
        Assert.True(await run.WaitExitAsync(Cancellation) == exit, run.Description);
        Assert.All(says, text => Assert.True(run.Log.Contains(text, StringComparison.Ordinal), $"It does not say: {text}\n{run.Description}"));
    }
}
