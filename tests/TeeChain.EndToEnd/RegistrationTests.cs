extern alias FleetTool;

using FleetTool::TeeChain.Fleet.Registry;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>Nodes that announce themselves, without <c>--next</c>: the registry wires them.</summary>
[Trait(Repository.When, Repository.OnlyInAll)]
public sealed class RegistrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_announce_themselves_are_wired_and_one_joins_and_leaves_at_the_tail_and_nothing_is_lost()
    {
        await using var workshop = new Workshop();
        var registry = workshop.Keep(new OwnRegistry(workshop.Path("registry"), workshop.SecretFile, workshop.Ports.Next()));
        var apps = Enumerable.Range(0, 4).Select(_ => workshop.App()).ToArray();
        var nodes = apps.Select((app, i) => Node(workshop, registry, app, $"n{i + 1}")).ToArray();
        await registry.StartAsync(Cancellation);
        for (var i = 0; i < 3; i++)
        {
            await StartAsync(registry, apps[i], nodes[i], i + 1);
        }

        await WiredAsync(nodes[..3]);
        var writes = (await Burst.WriteAsync(nodes[0].Address, 20, Cancellation)).ToList();
        await Agreement.SettledAsync(nodes[..3], Cancellation);

        // All while clients write: a fourth joins at the tail, and leaves again.
        using var load = new Load(nodes[0].Address, connections: 2) { Pause = TimeSpan.FromMilliseconds(20) };
        var run = load.StartWrites(20, Cancellation);
        await StartAsync(registry, apps[3], nodes[3], 4);
        await Eventually.NothingWrongAsync(
            () => Task.FromResult(registry.Keeper.JoinStateOf("n4") is { Stage: not JoinStage.Joined } state ? $"{state}" : null), "n4 has joined", Cancellation);
        await WiredAsync(nodes);
        await run.MoreAcknowledgedAsync(20);
        Assert.Equal(["n1", "n2", "n3", "n4"], registry.Names);

        Assert.Null(await registry.Leaving.RunAsync("n4", Cancellation));
        nodes[3].Process.Send(Signal.Terminate);
        Assert.Equal(0, await nodes[3].Process.WaitExitAsync(Cancellation));
        await run.MoreAcknowledgedAsync(20);
        writes.AddRange(await run.CompleteAsync());

        await WiredAsync(nodes[..3]);
        Assert.Equal(["n1", "n2", "n3"], registry.Names);
        Assert.Empty(registry.Registry.Current.Problems);
        Assert.Equal(3, (await nodes[0].StatusAsync(Cancellation)).Nodes.Count);
        (await Agreement.ReadAsync(nodes[..3], apps[..3], Cancellation)).AssertHolds(writes, [0, 0, 0]);
        Assert.True((await apps[3].StateAsync(Cancellation)).Applied >= 40, "the fourth had what was written while it was there");
    }

    [Fact]
    public async Task Whoever_stops_or_dies_keeps_its_place_across_a_restart_of_the_registry()
    {
        await using var workshop = new Workshop();
        var registry = workshop.Keep(new OwnRegistry(workshop.Path("registry"), workshop.SecretFile, workshop.Ports.Next()));
        var apps = Enumerable.Range(0, 3).Select(_ => workshop.App()).ToArray();
        var nodes = apps.Select((app, i) => Node(workshop, registry, app, $"n{i + 1}")).ToArray();
        await registry.StartAsync(Cancellation);
        for (var i = 0; i < 3; i++)
        {
            await StartAsync(registry, apps[i], nodes[i], i + 1);
        }

        await WiredAsync(nodes);
        var writes = (await Burst.WriteAsync(nodes[0].Address, 10, Cancellation)).ToList();
        await Agreement.SettledAsync(nodes, Cancellation);

        nodes[1].Process.Send(Signal.Terminate);
        await Eventually.TrueAsync(() => Task.FromResult(StateOf(registry, "n2") != WorkerState.Present), "n2 said that it stops", Cancellation, deadline: FleetRegistry.Lease);
        Assert.Equal(0, await nodes[1].Process.WaitExitAsync(Cancellation));
        await nodes[2].KillAsync(Cancellation);
        await Eventually.TrueAsync(() => Task.FromResult(StateOf(registry, "n3") == WorkerState.Away), "n3 is away", Cancellation);
        await registry.StopAsync();
        writes.AddRange(await Burst.WriteAsync(nodes[0].Address, 10, Cancellation)); // The chain needs no registry.
        await registry.StartAsync(Cancellation);
        Assert.Equal(["n1", "n2", "n3"], registry.Names);

        nodes[2].Start();
        nodes[1].Start();
        await Eventually.TrueAsync(
            () => Task.FromResult(registry.Registry.Current is { IsFounded: true } view && view.Workers.All(worker => worker.State == WorkerState.Present)), "all are back", Cancellation);
        await WiredAsync(nodes);
        Assert.Equal(["n1", "n2", "n3"], registry.Names);
        (await Agreement.ReadAsync(nodes, apps, Cancellation)).AssertHolds(writes, [0, 1, 1]);
    }

    [Fact]
    public async Task A_newcomer_is_not_read_from_before_it_is_in_the_chain_that_the_fleet_has()
    {
        await using var workshop = new Workshop();
        var registry = workshop.Keep(new OwnRegistry(workshop.Path("registry"), workshop.SecretFile, workshop.Ports.Next()));
        SampleApp[] apps = [workshop.App(), workshop.App()];
        TeeProxyNode[] nodes = [.. apps.Select((app, i) => Node(workshop, registry, app, $"n{i + 1}"))];
        await registry.StartAsync(Cancellation);
        await StartAsync(registry, apps[0], nodes[0], 1);
        await WiredAsync(nodes[..1]); // Without a chain there is nothing to be in step with.
        var writes = await Burst.WriteAsync(nodes[0].Address, 4, Cancellation);
        await Eventually.TrueAsync(() => Task.FromResult(registry.Registry.Current.IsFounded), "the registry has seen the chain", Cancellation);

        // The chain cannot be reached: the newcomer's application is all that readers could see.
        await nodes[0].KillAsync(Cancellation);
        await StartAsync(registry, apps[1], nodes[1], 2);
        await Eventually.NothingWrongAsync(
            async () => (await nodes[1].StatusAsync(Cancellation)).Ready is { Read.Why: "this node is not in the fleet's chain yet", Stale.Ok: false } ? null : nodes[1].Description,
            "the newcomer knows that it is none of the chain", Cancellation);

        nodes[0].Start();
        await WiredAsync(nodes);
        (await Agreement.ReadAsync(nodes, apps, Cancellation)).AssertHolds(writes, [1, 0]);
    }

    [Fact]
    public async Task A_newcomer_for_whom_the_journal_no_longer_reaches_back_is_seeded_under_a_hold_and_joins()
    {
        await using var workshop = new Workshop();
        var registry = workshop.Keep(new OwnRegistry(workshop.Path("registry"), workshop.SecretFile, workshop.Ports.Next()));
        var apps = Enumerable.Range(0, 3).Select(_ => workshop.App()).ToArray();
        var nodes = apps.Select((app, i) => Node(workshop, registry, app, $"n{i + 1}", "--ack", "chain", "--retain", "0s", "--journal-max-bytes", "8MiB", "--max-body", "1MiB")).ToArray();
        await registry.StartAsync(Cancellation);
        await StartAsync(registry, apps[0], nodes[0], 1);
        await StartAsync(registry, apps[1], nodes[1], 2);
        await WiredAsync(nodes[..2]);
        var writes = (await Burst.WriteAsync(nodes[0].Address, 4, Cancellation)).ToList();
        for (var i = 0; i < 30; i++)
        {
            var answer = await OneWrite.RegisterAsync(nodes[0].Address, $"large{i}", Cancellation, password: new string('x', 400_000));
            Assert.True(answer.Status == 201, $"{answer}");
        }

        await Eventually.TrueAsync(async () => (await nodes[1].StatusAsync(Cancellation)).FirstSequence > 1, "the beginning is gone", Cancellation);
        await StartAsync(registry, apps[2], nodes[2], 3);
        await Eventually.NothingWrongAsync(
            () => Task.FromResult(registry.Keeper.JoinStateOf("n3") is { Stage: not JoinStage.MustBeSeeded } state ? $"{state}" : null), "n3 must be seeded", Cancellation);

        // It is on nobody's list, so writes reach all who count, and the hold stands.
        writes.AddRange(await Burst.WriteAsync(nodes[0].Address, 4, Cancellation));
        var copy = await registry.Joining.CopyUnderHoldAsync(TimeSpan.FromSeconds(30), async (_, cancellation) =>
        {
            await apps[2].KillAsync(cancellation);
            await apps[2].TakeStateAsync(apps[1], cancellation);
            return null;
        }, Cancellation);
        Assert.True(copy.IsOk, copy.Why);
        writes.AddRange(await Burst.WriteAsync(nodes[0].Address, 4, Cancellation));
        await nodes[2].KillAsync(Cancellation);
        await nodes[2].SeedAsync($"{nodes[2].Flags.Data}.seeded", $"{copy.Value!.Chain}", copy.Value.Position, Cancellation);
        await apps[2].StartAsync(Cancellation);
        nodes[2].Start();

        await Eventually.NothingWrongAsync(
            () => Task.FromResult(registry.Keeper.JoinStateOf("n3") is { Stage: not JoinStage.Joined } state ? $"{state}\n{nodes[2].Description}" : null), "n3 has joined", Cancellation);
        await WiredAsync(nodes);
        writes.AddRange(await Burst.WriteAsync(nodes[0].Address, 4, Cancellation));
        (await Agreement.ReadAsync(nodes, apps, Cancellation)).AssertHolds(writes, [0, 0, 0]);
    }

    private static TeeProxyNode Node(Workshop workshop, OwnRegistry registry, SampleApp app, string name, params string[] flags)
    {
        var node = workshop.Node(app.Port);
        node.Flags = node.Flags with { Drain = TimeSpan.FromMilliseconds(500), Others = ["--register", registry.Address, "--name", name, .. flags] };
        return node;
    }

    /// <summary>Waits until it is registered, so that the order is that of starting.</summary>
    private static async Task StartAsync(OwnRegistry registry, SampleApp app, TeeProxyNode node, int count)
    {
        await app.StartAsync(Cancellation);
        node.Start();
        await Eventually.TrueAsync(() => Task.FromResult(registry.Names.Count() == count), $"{node.Name} is registered", Cancellation, () => node.Description);
    }

    /// <summary>Each lists all behind it, streams to the next, and takes reads.</summary>
    private static Task WiredAsync(TeeProxyNode[] nodes) => Eventually.NothingWrongAsync(
        async () =>
        {
            for (var i = 0; i < nodes.Length; i++)
            {
                var status = await nodes[i].StatusAsync(Cancellation);
                if (!status.Successors.Select(next => next.Address).SequenceEqual(nodes[(i + 1)..].Select(node => $"127.0.0.1:{node.Flags.Listen}"))
                    || (i + 1 < nodes.Length && status.Next is not { Connected: true, Part: "stream" }) || !status.Ready.Read.Ok)
                {
                    return $"{nodes[i].Name} has {string.Join(", ", status.Successors)}, reads: {status.Ready.Read}\n{nodes[i].Description}";
                }
            }

            return null;
        },
        "every node streams to the one behind it", Cancellation);

    private static WorkerState StateOf(OwnRegistry registry, string name) => registry.Registry.Current.Workers.Single(worker => worker.Name == name).State;
}
