using System.Text.Json;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>Another node is made the head: because the first is dead, or because an operator wants it.</summary>
public sealed class PromotionTests : IAsyncDisposable
{
    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData("next")]
    [InlineData("chain")]
    public async Task A_dead_head_is_replaced_and_no_acknowledged_write_is_missing(string ack)
    {
        var fleet = _fleet = await StartAsync(ack);
        var (old, head, tail) = (fleet.Nodes[0], fleet.Nodes[1], fleet.Nodes[2]);
        using var load = new Load(fleet.Address, connections: 16) { IsRetrying = false };
        var run = load.StartWrites(1, Cancellation);
        await run.MoreAcknowledgedAsync(200);
        await fleet.ToldAsync(Cancellation);
        await old.KillAsync(Cancellation);
        var (status, body, _) = await head.AdministerAsync(HttpMethod.Post, "promote", Cancellation);

        Assert.True(status == 200, body);
        await run.MoreAcknowledgedAsync(200); // HAProxy has found it by itself
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync([head, tail], [fleet.Apps[1], fleet.Apps[2]], Cancellation);
        agreement.AssertHolds([.. writes.Where(write => write.Fate != Fate.Refused)], mostDiscarded: [0, 0]);
        Assert.Equal(2, (await head.StatusAsync(Cancellation)).Epoch);

        // The old head is refused, says so, sends clients on, and names what nobody else has.
        old.Start();
        await Eventually.TrueAsync(async () => (await old.StatusAsync(Cancellation)).Role == "replica", "the old head leads no more", Cancellation);
        var refused = await OneWrite.RegisterAsync(old.Address, "late", Cancellation);
        Assert.Equal(421, refused.Status);
        Assert.Contains($"127.0.0.1:{head.Flags.Listen} is", refused.Body, StringComparison.Ordinal);
        Assert.NotNull(await old.NotReadyAsync("read", Cancellation));
    }

    [Fact]
    public async Task A_living_head_hands_over_first_and_nothing_is_lost_under_load()
    {
        var fleet = _fleet = await StartAsync("local");
        using var load = new Load(fleet.Address, connections: 16);
        var run = load.StartWrites(1, Cancellation);
        await run.MoreAcknowledgedAsync(200);
        await fleet.ToldAsync(Cancellation);

        var (status, body, _) = await fleet.Nodes[1].AdministerAsync(HttpMethod.Post, "promote", Cancellation);
        Assert.True(status == 200, body);
        await run.MoreAcknowledgedAsync(200);

        // The old head becomes the new tail.
        var (_, _, version) = await fleet.Nodes[2].AdministerAsync(HttpMethod.Get, "next", Cancellation);
        var (put, why, _) = await fleet.Nodes[2].AdministerAsync(HttpMethod.Put, "next", Cancellation, $"{{\"next\":[\":{fleet.Nodes[0].Flags.Listen}\"]}}", version);
        Assert.True(put == 200, why);
        await run.MoreAcknowledgedAsync(200);
        var writes = await run.CompleteAsync();
        var agreement = await Agreement.ReadAsync(fleet, Cancellation);
        agreement.AssertHolds(writes, mostDiscarded: [0, 0, 0]);
        await fleet.Nodes[0].ReadyAsync("read", Cancellation);

        // It is durable, and beats the flag; an older version replaces nothing.
        await fleet.Nodes[2].KillAsync(Cancellation);
        fleet.Nodes[2].Start();
        await fleet.Nodes[2].ReadyAsync("read", Cancellation);
        Assert.Equal(412, (await fleet.Nodes[2].AdministerAsync(HttpMethod.Put, "next", Cancellation, "{\"next\":[]}", version)).Status);
        Assert.Equal(428, (await fleet.Nodes[2].AdministerAsync(HttpMethod.Put, "next", Cancellation, "{\"next\":[]}")).Status);
        var last = await Burst.WriteAsync(fleet.Nodes[1].Address, 20, Cancellation);
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds([.. writes, .. last], mostDiscarded: [0, 0, 1]);
    }

    [Fact]
    public async Task What_only_a_replaced_head_has_is_named_and_exported_and_it_is_seeded_as_the_new_tail()
    {
        var fleet = _fleet = await StartAsync("local");
        var (old, head, tail) = (fleet.Nodes[0], fleet.Nodes[1], fleet.Nodes[2]);
        var before = await Burst.WriteAsync(fleet.Address, 30, Cancellation);
        await fleet.ToldAsync(Cancellation);
        await Agreement.SettledAsync(fleet.Nodes, Cancellation);
        await head.KillAsync(Cancellation);
        var orphan = await OneWrite.RegisterAsync(old.Address, "orphan", Cancellation);
        Assert.Equal(201, orphan.Status); // --ack local: the price of a promotion past a head that nobody can reach
        await old.KillAsync(Cancellation);
        head.Start();
        await Eventually.TrueAsync(async () => await head.NotReadyAsync("stale", Cancellation) is null, "node2 is there", Cancellation);
        var (status, body, _) = await head.AdministerAsync(HttpMethod.Post, "promote", Cancellation);
        Assert.True(status == 200, body);
        var after = await Burst.WriteAsync(head.Address, 30, Cancellation);

        old.Start();
        await Eventually.TrueAsync(async () => (await old.StatusAsync(Cancellation)).Orphans is { } orphans && File.Exists(orphans.File), "the old head exports its orphans", Cancellation);
        var orphans = (await old.StatusAsync(Cancellation)).Orphans!;
        var exported = File.ReadAllLines(orphans.File).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var only = Assert.Single(exported);
        Assert.Equal("user=orphan", System.Text.Encoding.UTF8.GetString(only.GetProperty("body").GetBytesFromBase64()).Split('&')[0]);
        Assert.NotNull(await old.NotReadyAsync("read", Cancellation));

        // Its application gets the tail's state, taken while the head holds its writes, and its folder begins behind that.
        var hold = JsonDocument.Parse((await head.AdministerAsync(HttpMethod.Post, "hold", Cancellation)).Body).RootElement;
        await old.KillAsync(Cancellation);
        await fleet.Apps[0].KillAsync(Cancellation);
        await fleet.Apps[0].TakeStateAsync(fleet.Apps[2], Cancellation);
        Assert.Equal(200, (await head.AdministerAsync(HttpMethod.Post, $"release?token={hold.GetProperty("token")}", Cancellation)).Status);
        await old.SeedAsync($"{old.Flags.Data}.seeded", hold.GetProperty("chain").GetString()!, hold.GetProperty("position").GetString()!, Cancellation);
        old.Flags = old.Flags with { Next = null };
        var meanwhile = await Burst.WriteAsync(head.Address, 30, Cancellation);
        fleet.Apps[0].Start();
        old.Start();
        var (_, _, version) = await tail.AdministerAsync(HttpMethod.Get, "next", Cancellation);
        Assert.Equal(200, (await tail.AdministerAsync(HttpMethod.Put, "next", Cancellation, $"{{\"next\":[\":{old.Flags.Listen}\"]}}", version)).Status);
        await old.ReadyAsync("read", Cancellation);

        var agreement = await Agreement.ReadAsync([head, tail, old], [fleet.Apps[1], fleet.Apps[2], fleet.Apps[0]], Cancellation);
        agreement.AssertHolds([.. before, .. after, .. meanwhile], mostDiscarded: [1, 0, 0]);
        Assert.DoesNotContain(agreement.Logs[2].Applied, write => write.User == "orphan");
        await Eventually.TrueAsync(async () => (await head.StatusAsync(Cancellation)).Nodes.Count == 3, "it counts", Cancellation);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_node_that_cannot_be_asked_stops_a_promotion_unless_it_is_named()
    {
        var fleet = _fleet = await StartAsync("local");
        await Burst.WriteAsync(fleet.Address, 20, Cancellation);
        await fleet.ToldAsync(Cancellation);
        var tail = (await fleet.Nodes[2].StatusAsync(Cancellation)).NodeId;
        await fleet.Nodes[0].KillAsync(Cancellation);
        await fleet.Nodes[2].KillAsync(Cancellation);

        var (status, why, _) = await fleet.Nodes[1].AdministerAsync(HttpMethod.Post, "promote", Cancellation);
        Assert.Equal(409, status);
        Assert.Contains(tail.ToString(), why, StringComparison.Ordinal);
        (status, var body, _) = await fleet.Nodes[1].AdministerAsync(HttpMethod.Post, $"promote?force={tail}", Cancellation);
        Assert.Equal(200, status);
        Assert.Equal(2, JsonDocument.Parse(body).RootElement.GetProperty("skipped").GetArrayLength());

        // Who was skipped comes back and follows.
        fleet.Nodes[2].Start();
        var writes = await Burst.WriteAsync(fleet.Nodes[1].Address, 20, Cancellation);
        (await Agreement.ReadAsync([fleet.Nodes[1], fleet.Nodes[2]], [fleet.Apps[1], fleet.Apps[2]], Cancellation)).AssertHolds(writes, mostDiscarded: [0, 1]);
    }

    private static Task<Fleet> StartAsync(string ack) => Fleet.StartAsync(
        new FleetPlan { HasFront = true, Adjust = (_, flags) => flags with { AckTimeout = TimeSpan.FromSeconds(3), Others = ["--ack", ack] } }, Cancellation);
}
