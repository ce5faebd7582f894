using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>However often the head dies at the first write of a chain's life, there is one chain.</summary>
public sealed class FoundingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_head_killed_again_and_again_at_the_very_first_write_founds_one_chain()
    {
        await using var fleet = await Fleet.StartAsync(new FleetPlan(), Cancellation);
        var (head, successor) = (fleet.Head, fleet.Nodes[1]);

        // The id is minted and nobody has accepted it: the successor is stopped. Killed there twice.
        var minted = new HashSet<Guid>();
        successor.Process.Send(Signal.Stop);
        for (var round = 0; round < 2; round++)
        {
            var write = BreakableAsync(fleet.Address, $"first{round}");
            if (round == 0)
            {
                await Eventually.TrueAsync(
                    async () => (await head.StatusAsync(Cancellation)).Chain is { } id && minted.Add(id), "the head has minted an id", Cancellation, () => head.Description);
            }

            await head.KillAsync(Cancellation);
            await write;
            head.Start();
            await Eventually.TrueAsync(async () => minted.Contains((await head.StatusAsync(Cancellation)).Chain ?? Guid.Empty), "the head keeps the id", Cancellation);
        }

        // The successor is back: killed once a first write is on its way, at whatever point it is then.
        successor.Process.Send(Signal.Continue);
        for (var round = 0; round < 4; round++)
        {
            var seen = (await successor.StatusAsync(Cancellation)).Chain;
            var write = BreakableAsync(fleet.Address, $"then{round}");
            await Eventually.TrueAsync(
                async () => write.IsCompleted || seen is not null || (await successor.StatusAsync(Cancellation)).Chain is not null,
                "the successor has accepted the chain", Cancellation);
            await head.KillAsync(Cancellation);
            await write;
            head.Start();
            await head.ReadyAsync("write", Cancellation);
        }

        await fleet.ReadyAsync(Cancellation);
        var writes = await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        var agreement = await Agreement.ReadAsync(fleet, Cancellation);
        agreement.AssertHolds(writes, [6, 0, 0]);
        var statuses = await Task.WhenAll(fleet.Nodes.Select(node => node.StatusAsync(Cancellation)));
        Assert.Equal([minted.Single()], statuses.Select(status => status.Chain!.Value).Distinct());
        Assert.Equal(["head", "replica", "replica"], statuses.Select(status => status.Role));
        Assert.All(statuses, status => Assert.Equal(1, status.Epoch));
        Assert.Equal(minted, agreement.Logs.SelectMany(log => log.Applied).Select(write => write.Chain!.Value).ToHashSet());
    }

    // Its head is killed under it: what becomes of it is not the point.
    private static async Task BreakableAsync(Uri address, string user)
    {
        try
        {
            await OneWrite.RegisterAsync(address, user, Cancellation);
        }
        catch (HttpRequestException)
        {
        }
    }
}
