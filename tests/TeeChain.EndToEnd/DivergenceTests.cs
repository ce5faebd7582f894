using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd;

/// <summary>A replica whose application answers otherwise than the head's is named and counted, however late it answers.</summary>
public sealed class DivergenceTests
{
    private const string Odd = "odd-one";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_answers_differently_is_named_and_counted()
    {
        await using var fleet = await Fleet.StartAsync(new FleetPlan(), Cancellation);
        var replica = fleet.Nodes[1];
        await fleet.Apps[1].MutateAnswersAsync(299, Cancellation, Odd);
        await Burst.WriteAsync(fleet.Address, 20, Cancellation);

        var answer = await OneWrite.RegisterAsync(fleet.Address, Odd, Cancellation, path: "/register?token=secret");
        await Burst.WriteAsync(fleet.Address, 20, Cancellation);

        Assert.Equal(201, answer.Status);
        await NamedAsync(fleet, replica, times: 1);
        Assert.Contains("(POST /register) with 299, the head's with 201", replica.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("token", string.Concat(fleet.Nodes.Select(node => node.Log)), StringComparison.Ordinal);
        foreach (var node in (TeeProxyNode[])[fleet.Head, fleet.Nodes[2]])
        {
            Assert.Equal(0, (await node.StatusAsync(Cancellation)).Divergences);
        }

        await replica.KillAsync(Cancellation);
        replica.Start();
        await replica.ReadyAsync("read", Cancellation);
        Assert.Equal(1, (await replica.StatusAsync(Cancellation)).Divergences);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_replica_that_answers_differently_long_after_the_head_was_restarted_is_named_too()
    {
        await using var fleet = await Fleet.StartAsync(new FleetPlan(), Cancellation);
        var (replica, app) = (fleet.Nodes[1], fleet.Apps[1]);
        var writes = (await Burst.WriteAsync(fleet.Address, 10, Cancellation)).ToList();
        await app.KillAsync(Cancellation);

        writes.AddRange(await Burst.WriteAsync(fleet.Address, 100, Cancellation));
        Assert.Equal(201, (await OneWrite.RegisterAsync(fleet.Address, Odd, Cancellation, path: "/register?token=secret")).Status);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 100, Cancellation));
        await fleet.Head.KillAsync(Cancellation);
        fleet.Head.Start();
        await fleet.Head.ReadyAsync("write", Cancellation);

        // The replica's teeproxy is held until its application is set: it would deliver at once.
        replica.Process.Send(Signal.Stop);
        await app.StartAsync(Cancellation);
        await app.MutateAnswersAsync(299, Cancellation, Odd);
        replica.Process.Send(Signal.Continue);

        await fleet.ReadyAsync(Cancellation);
        await NamedAsync(fleet, replica, times: 1);
        var logs = await Task.WhenAll(fleet.Apps.Select(each => each.LogAsync(Cancellation)));
        Assert.All(logs, log => Assert.Equal(writes.Count + 1, log.Applied.Count));
    }

    // On the replica itself, and on the head by the replica's row.
    private static async Task NamedAsync(Fleet fleet, TeeProxyNode replica, long times)
    {
        var sequence = (await fleet.Apps[0].LogAsync(Cancellation)).Applied.Single(write => write.User == Odd).Sequence!.Value;
        NodeStatus status = null!;
        await Eventually.NothingWrongAsync(
            async () =>
            {
                status = await replica.StatusAsync(Cancellation);
                var row = (await fleet.Head.StatusAsync(Cancellation)).Rows.SingleOrDefault(row => row.Node == status.NodeId);
                // Counted at once; listed when its path was read.
                return status.Divergences == times && row?.Detail?.Divergences == times && status.RecentDivergences.Count > 0 ? null : $"it counts {status.Divergences}, the head {row}";
            },
            "the divergence is counted", Cancellation);
        var divergence = Assert.Single(status.RecentDivergences);
        Assert.Equal(
            (sequence, "POST", "/register", status.NodeId, 299, 201),
            (divergence.Sequence, divergence.Method, divergence.Path, divergence.Node, divergence.Status, divergence.HeadStatus));
    }
}
