using System.Text.Json;
using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd;

/// <summary><c>POST /admin/hold</c> and <c>/admin/release</c>: all applications at one place, for as long as a copy takes.</summary>
public sealed class HoldTests : IAsyncDisposable
{
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Under_load_a_hold_makes_every_application_stand_at_one_record_until_it_is_released()
    {
        _fleet = await Fleet.StartAsync(new FleetPlan(), Cancellation);
        using var load = new Load(_fleet.Address, connections: 16);
        var run = load.StartWrites(500, Cancellation);
        for (var round = 0; round < 3; round++)
        {
            await run.MoreAcknowledgedAsync(100);

            var grant = await HoldAsync("60s");
            var held = await Holding.OfAsync(_fleet, Cancellation);

            Assert.All(held, node => Assert.Equal((grant.Sequence, grant.Crc), (node.LastSequence, node.LastCrc)));
            Assert.Single(held.Select(node => (node.Applied, node.Users)).Distinct());
            Assert.StartsWith($"{grant.Sequence}:{grant.Epoch}:{grant.Crc}:", grant.Position, StringComparison.Ordinal);
            var refused = await OneWrite.RegisterAsync(_fleet.Address, $"held{round}", Cancellation);
            Assert.Equal((503, "1"), (refused.Status, refused.Headers["Retry-After"]));
            Assert.Equal(409, (await PostAsync(_fleet.Head, "hold")).Status);
            Assert.Equal(held, await Holding.OfAsync(_fleet, Cancellation));
            Assert.Equal(200, (await PostAsync(_fleet.Head, $"release?token={grant.Token}")).Status);
            Assert.Equal(409, (await PostAsync(_fleet.Head, $"release?token={grant.Token}")).Status);
        }

        await run.MoreAcknowledgedAsync(100);
        var writes = await run.CompleteAsync();
        (await Agreement.ReadAsync(_fleet, Cancellation)).AssertHolds(writes, mostDiscarded: [0, 0, 0]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_hold_whose_lease_ran_out_a_node_that_is_late_a_replica_and_a_restarted_head_are_told_so()
    {
        _fleet = await Fleet.StartAsync(new FleetPlan(), Cancellation);
        var (head, tail) = (_fleet.Head, _fleet.Nodes[2]);
        await Burst.WriteAsync(_fleet.Address, 20, Cancellation);

        var elsewhere = await PostAsync(tail, "hold");
        Assert.Equal(409, elsewhere.Status);
        Assert.Contains($"127.0.0.1:{head.Flags.Listen}", elsewhere.Body, StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync(head, "hold?lease=1h")).Status);

        // The lease runs out: writes flow by themselves, and the copy is called torn.
        var grant = await HoldAsync("1s");
        await Eventually.TrueAsync(
            async () => (await OneWrite.RegisterAsync(_fleet.Address, "after", Cancellation)).Status is 201 or 409, "writes flow again", Cancellation);
        Assert.Equal(409, (await PostAsync(head, $"release?token={grant.Token}")).Status);

        // One node is late: it is named, and the hold is over.
        await tail.KillAsync(Cancellation);
        var late = await PostAsync(head, "hold?lease=2s");
        Assert.Equal(504, late.Status);
        Assert.Contains($"{tail.Flags.Listen}", late.Body, StringComparison.Ordinal);
        Assert.Equal(201, (await OneWrite.RegisterAsync(_fleet.Address, "meanwhile", Cancellation)).Status);
        tail.Start();

        // A hold does not outlive the head's process.
        grant = await HoldAsync("30s");
        await head.KillAsync(Cancellation);
        head.Start();
        await head.ReadyAsync("write", Cancellation);
        Assert.Equal(201, (await OneWrite.RegisterAsync(_fleet.Address, "restarted", Cancellation)).Status);
        Assert.Equal(409, (await PostAsync(head, $"release?token={grant.Token}")).Status);
    }

    private async Task<HoldGrant> HoldAsync(string lease)
    {
        var (status, body) = await PostAsync(_fleet!.Head, $"hold?lease={lease}");
        Assert.True(status == 200, $"{status} {body}");
        return JsonSerializer.Deserialize(body, ProtocolJson.Default.HoldGrant)!;
    }

    private static async Task<(int Status, string Body)> PostAsync(TeeProxyNode node, string action)
    {
        var (status, body, _) = await node.AdministerAsync(HttpMethod.Post, action, Cancellation);
        return (status, body);
    }
}
