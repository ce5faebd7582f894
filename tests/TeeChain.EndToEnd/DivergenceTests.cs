using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd;

/// <summary>A replica whose application answers otherwise than the head's is named and counted, however late it answers.</summary>
public sealed class DivergenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_answers_differently_is_named_and_counted_also_long_after_the_head_was_restarted()
    {
        await using var fleet = await Fleet.StartAsync(new FleetPlan(), Cancellation);
        var (replica, app) = (fleet.Nodes[1], fleet.Apps[1]);
        await app.MutateAnswersAsync(299, Cancellation, "odd-one");
        var writes = (await Burst.WriteAsync(fleet.Address, 20, Cancellation)).ToList();

        var answer = await OneWrite.RegisterAsync(fleet.Address, "odd-one", Cancellation, path: "/register?token=secret");
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 20, Cancellation));

        Assert.Equal(201, answer.Status);
        await NamedAsync(fleet, replica, "odd-one", times: 1);
        Assert.Contains("(POST /register) with 299, the head's with 201", replica.Log, StringComparison.Ordinal);
        foreach (var node in (TeeProxyNode[])[fleet.Head, fleet.Nodes[2]])
        {
            Assert.Equal(0, (await node.StatusAsync(Cancellation)).Divergences);
        }

        await app.KillAsync(Cancellation);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 100, Cancellation));
        Assert.Equal(201, (await OneWrite.RegisterAsync(fleet.Address, "late-one", Cancellation, path: "/register?token=secret")).Status);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 100, Cancellation));
        await fleet.Head.KillAsync(Cancellation);
        fleet.Head.Start();
        await fleet.Head.ReadyAsync("write", Cancellation);

        // The replica's teeproxy is held until its application is set: it would deliver at once.
        replica.Process.Send(Signal.Stop);
        await app.StartAsync(Cancellation);
        await app.MutateAnswersAsync(299, Cancellation, "late-one");
        replica.Process.Send(Signal.Continue);

        await fleet.ReadyAsync(Cancellation);
        await NamedAsync(fleet, replica, "late-one", times: 2);
        var logs = await Task.WhenAll(fleet.Apps.Select(each => each.LogAsync(Cancellation)));
        Assert.All(logs, log => Assert.Equal(writes.Count + 2, log.Applied.Count));
        Assert.DoesNotContain("token", string.Concat(fleet.Nodes.Select(node => node.Log)), StringComparison.Ordinal);

        await replica.KillAsync(Cancellation);
        replica.Start();
        await replica.ReadyAsync("read", Cancellation);
        Assert.Equal(2, (await replica.StatusAsync(Cancellation)).Divergences);
    }

    // On the replica itself, and on the head by the replica's row.
    private static async Task NamedAsync(Fleet fleet, TeeProxyNode replica, string user, long times)
    {
        var sequence = (await fleet.Apps[0].LogAsync(Cancellation)).Applied.Single(write => write.User == user).Sequence!.Value;
        NodeStatus status = null!;
        await Eventually.NothingWrongAsync(
            async () =>
            {
                status = await replica.StatusAsync(Cancellation);
                var row = (await fleet.Head.StatusAsync(Cancellation)).Rows.SingleOrDefault(row => row.Node == status.NodeId);
                // Counted at once; listed when its path was read.
                return status.Divergences == times && row?.Detail?.Divergences == times && status.RecentDivergences.Any(one => one.Sequence == sequence) ? null : $"it counts {status.Divergences}, the head {row}";
            },
            "the divergence is counted", Cancellation);
        var divergence = Assert.Single(status.RecentDivergences, one => one.Sequence == sequence);
        Assert.Equal(
            (sequence, "POST", "/register", status.NodeId, 299, 201),
            (divergence.Sequence, divergence.Method, divergence.Path, divergence.Node, divergence.Status, divergence.HeadStatus));
    }
}
