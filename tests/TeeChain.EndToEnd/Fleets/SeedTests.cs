using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary><c>teechain scale</c> where the journals no longer hold the chain's beginning.</summary>
[Trait(Repository.When, Repository.OnlyInAll)]
public sealed class SeedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_newcomer_is_seeded_by_the_files_command_and_agrees_with_the_others()
    {
        await using var up = new UpRun(
            """
            workers: 2
            seed-command: sh -c 'echo "$0 $1" >seeded; cp "$0/users.log" "$1/users.log"' {source} {target}
            """,
            "node1", "node2")
        {
            // As little as a node may keep.
            Environment = new Dictionary<string, string> { ["TEEPROXY_RETAIN"] = "0s", ["TEEPROXY_JOURNAL_MAX_BYTES"] = "8MiB", ["TEEPROXY_MAX_BODY"] = "1MiB" },
        };
        await up.StartAsync(hasHaproxy: false, Cancellation);
        var writes = (await Burst.WriteAsync(up.Balancer(), 4, Cancellation)).ToList();
        for (var i = 0; i < 30; i++)
        {
            var answer = await OneWrite.RegisterAsync(up.Balancer(), $"large{i}", Cancellation, password: new string('x', 400_000));
            Assert.True(answer.Status == 201, $"{answer}");
        }

        await Eventually.TrueAsync(
            async () => (await Task.WhenAll(up.Nodes.Select(node => node.StatusAsync(Cancellation)))).All(status => status.FirstSequence > 1), "the beginning is gone", Cancellation);

        await up.ScaleAsync(["node1", "node2", "node3"], Cancellation);
        writes.AddRange(await Burst.WriteAsync(up.Balancer(), 4, Cancellation));

        Assert.Contains("node2", await File.ReadAllTextAsync(up.PathOf("seeded"), Cancellation), StringComparison.Ordinal);
        (await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation)).AssertHolds(writes, [0, 0, 0]);
        await up.ShowsAsync(up.Names, Cancellation);
    }
}
