using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>The stream between two nodes takes nothing from strangers and nothing that was damaged on the way.</summary>
public sealed class HopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_without_the_secret_does_not_get_in(bool hasAnother)
    {
        await using var workshop = new Workshop();
        var apps = new[] { workshop.App(), workshop.App() };
        var replica = workshop.Node(apps[1].Port);
        var head = workshop.Node(apps[0].Port, next: replica.Flags.Listen);
        var right = head.Flags;
        head.Flags = right with { SecretFile = hasAnother ? workshop.Secret("another") : null };
        Array.ForEach(apps, app => app.Start());
        replica.Start();
        head.Start();

        await Refusal.IsNamedAsync(head, replica, "Unauthorized", Cancellation);
        (await OneWrite.RegisterAsync(head.Address, "nobody", Cancellation)).AssertProblem(503, "not-yet");
        var stranger = await replica.StatusAsync(Cancellation);
        Assert.Equal((0, "undecided"), (stranger.LastSequence, stranger.Role));

        await head.KillAsync(Cancellation);
        head.Flags = right;
        head.Start();
        await head.ReadyAsync("write", Cancellation);
        var writes = await Burst.WriteAsync(head.Address, 10, Cancellation);
        (await Agreement.ReadAsync([head, replica], apps, Cancellation)).AssertHolds(writes, [0, 0]);
        await Refusal.IsOverAsync(head, replica, Cancellation);
    }

    [Fact]
    public async Task Bits_that_flip_on_the_way_end_the_stream_and_nothing_wrong_arrives()
    {
        var flips = Repository.IsAll ? 6 : 2;
        var seed = Random.Shared.Next();
        await using var workshop = new Workshop();
        var apps = new[] { workshop.App(), workshop.App() };
        var replica = workshop.Node(apps[1].Port);
        var relay = workshop.Keep(new FlippingRelay(workshop.Ports.Next(), replica.Flags.Listen, seed));
        var head = workshop.Node(apps[0].Port, next: relay.Port);
        TeeProxyNode[] nodes = [head, replica];
        Array.ForEach(apps, app => app.Start());
        Array.ForEach(nodes, node => node.Start());
        await head.ReadyAsync("write", Cancellation);
        using var load = new Load(head.Address, connections: 4) { Pause = TimeSpan.FromMilliseconds(10) };
        var run = load.StartWrites(200, Cancellation);
        await run.AcknowledgedAsync(10);

        relay.IsFlipping = true;
        await Eventually.TrueAsync(
            () => Task.FromResult(relay.Flips >= flips), $"{flips} bits are flipped", Cancellation, () => $"{relay.Flips} are. {head.Description}", TimeSpan.FromSeconds(60));
        relay.IsFlipping = false;
        var writes = await run.CompleteAsync();

        (await Agreement.ReadAsync(nodes, apps, Cancellation)).AssertHolds(writes, [0, 0]);
        var ended = head.Log.Split('\n').Count(line => line.Contains("The stream to the successor", StringComparison.Ordinal));
        Assert.True(ended > 0, $"No stream ended, seed {seed}: {head.Description}");
        Assert.True((await head.StatusAsync(Cancellation)).Next is { Connected: true });
    }
}
