using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary><c>teechain up</c> with the shipped <c>teechain.yaml</c>: HAProxy is the front door where it is installed, the gateway where not.</summary>
public sealed class FrontDoorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "gateway")]
    [InlineData(true, "HAProxy")]
    public async Task Refreshing_a_page_shows_the_workers_in_turn_and_a_write_reaches_all(bool hasHaproxy, string front)
    {
        await using var up = new UpRun(await File.ReadAllTextAsync(Repository.Example("teechain.yaml"), Cancellation), "romulus", "remus", "node3");

        await up.StartAsync(hasHaproxy, Cancellation);
        await up.ShowsInTurnAsync(Cancellation);
        var writes = await Burst.WriteAsync(up.Balancer(), 20, Cancellation);

        var agreement = await Agreement.ReadAsync(up.Nodes, up.Apps, Cancellation);
        agreement.AssertHolds(writes, [0, 0, 0]);
        Assert.All(agreement.Logs, log => Assert.Equal(20, log.Applied.Count));
        await up.TellsAsync($"balancer1 ({front}) at {up.Balancer()}".TrimEnd('/'), Cancellation);
    }
}
