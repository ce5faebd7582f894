using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>Chains that were never right: started in the wrong order, wired to each other, or to themselves.</summary>
public sealed class WiringTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_node_that_comes_after_the_second_took_a_write_is_refused_with_a_chain_of_its_own_too()
    {
        await using var workshop = new Workshop();
        var apps = new[] { workshop.App(), workshop.App(), workshop.App() };
        var tail = workshop.Node(apps[2].Port);
        var second = workshop.Node(apps[1].Port, next: tail.Flags.Listen);
        var first = workshop.Node(apps[0].Port, next: second.Flags.Listen);
        await StartAsync(apps, [tail, second]);
        var writes = (await Burst.WriteAsync(second.Address, 10, Cancellation)).ToList();
        var before = await AtRestAsync([second, tail], apps[1..]);

        first.Start();

        await Refusal.IsNamedAsync(first, second, "Foreign", Cancellation);
        (await OneWrite.RegisterAsync(first.Address, "nobody", Cancellation)).AssertProblem(503, "not-yet");
        await first.NoLongerReadyAsync("read", Cancellation);
        Assert.Equal(before, await HoldingsAsync([second, tail], apps[1..]));
        Assert.Equal(0, (await first.StatusAsync(Cancellation)).LastSequence);
        Assert.Equal(0, (await apps[0].StateAsync(Cancellation)).Applied);

        var wired = first.Flags;
        await RestartAsync(first, wired with { Next = null });
        await first.ReadyAsync("write", Cancellation);
        var own = await Burst.WriteAsync(first.Address, 4, Cancellation);
        await RestartAsync(first, wired);

        await Refusal.IsNamedAsync(first, second, "Foreign", Cancellation);
        Assert.Equal(before, await HoldingsAsync([second, tail], apps[1..]));
        (await Agreement.ReadAsync([first], apps[..1], Cancellation)).AssertHolds(own, [1]);
        writes.AddRange(await Burst.WriteAsync(second.Address, 10, Cancellation));
        (await Agreement.ReadAsync([second, tail], apps[1..], Cancellation)).AssertHolds(writes, [0, 0]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task Two_chains_that_are_wired_together_stay_two()
    {
        await using var workshop = new Workshop();
        var apps = Enumerable.Range(0, 4).Select(_ => workshop.App()).ToArray();
        var a2 = workshop.Node(apps[1].Port);
        var a1 = workshop.Node(apps[0].Port, next: a2.Flags.Listen);
        var b2 = workshop.Node(apps[3].Port);
        var b1 = workshop.Node(apps[2].Port, next: b2.Flags.Listen);
        await StartAsync(apps, [a2, a1, b2, b1]);
        var ofA = (await Burst.WriteAsync(a1.Address, 10, Cancellation)).ToList();
        var ofB = (await Burst.WriteAsync(b1.Address, 4, Cancellation)).ToList();
        await AtRestAsync([a1, a2], apps[..2]);
        var before = await AtRestAsync([b1, b2], apps[2..]);

        var own = a2.Flags;
        await RestartAsync(a2, own with { Next = b1.Flags.Listen });

        await Refusal.IsNamedAsync(a2, b1, "Foreign", Cancellation);
        ofA.AddRange(await Burst.WriteAsync(a1.Address, 10, Cancellation));
        (await Agreement.ReadAsync([a1, a2], apps[..2], Cancellation)).AssertHolds(ofA, [0, 1]);
        Assert.Equal(before, await HoldingsAsync([b1, b2], apps[2..]));

        await RestartAsync(a2, own);
        await a2.ReadyAsync("read", Cancellation);
        await Refusal.IsOverAsync(a1, a2, Cancellation);
        ofB.AddRange(await Burst.WriteAsync(b1.Address, 10, Cancellation));
        ofA.AddRange(await Burst.WriteAsync(a1.Address, 10, Cancellation));
        (await Agreement.ReadAsync([a1, a2], apps[..2], Cancellation)).AssertHolds(ofA, [0, 2]);
        (await Agreement.ReadAsync([b1, b2], apps[2..], Cancellation)).AssertHolds(ofB, [0, 0]);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task Two_predecessors_of_one_node_do_not_mix()
    {
        await using var workshop = new Workshop();
        var apps = Enumerable.Range(0, 3).Select(_ => workshop.App()).ToArray();
        var tail = workshop.Node(apps[2].Port);
        var head = workshop.Node(apps[0].Port, next: tail.Flags.Listen);
        var other = workshop.Node(apps[1].Port, next: tail.Flags.Listen);
        await StartAsync(apps, [tail, head]);
        var writes = (await Burst.WriteAsync(head.Address, 10, Cancellation)).ToList();

        other.Start();

        await Refusal.IsNamedAsync(other, tail, "Busy", Cancellation);
        (await OneWrite.RegisterAsync(other.Address, "nobody", Cancellation)).AssertProblem(503, "not-yet");
        writes.AddRange(await Burst.WriteAsync(head.Address, 10, Cancellation));
        (await Agreement.ReadAsync([head, tail], [apps[0], apps[2]], Cancellation)).AssertHolds(writes, [0, 0]);
        Assert.Equal(0, (await apps[1].StateAsync(Cancellation)).Applied);
    }

    [Fact]
    public async Task A_ring_is_named_and_founds_one_chain_at_most()
    {
        await using var workshop = new Workshop();
        var apps = new[] { workshop.App(), workshop.App(), workshop.App() };
        var tail = workshop.Node(apps[2].Port);
        var second = workshop.Node(apps[1].Port, next: tail.Flags.Listen);
        var first = workshop.Node(apps[0].Port, next: second.Flags.Listen);
        TeeProxyNode[] nodes = [first, second, tail];
        tail.Flags = tail.Flags with { Next = first.Flags.Listen };
        await StartAsync(apps, [tail, second, first], areReady: false);

        await Eventually.NothingWrongAsync(
            async () =>
            {
                var statuses = await Task.WhenAll(nodes.Select(node => node.StatusAsync(Cancellation)));
                return statuses.Any(status => status.Next?.Verdict == "Cycle" && status.Problems.Any(problem => problem.Verdict == "Cycle"))
                    ? null
                    : string.Join("; ", statuses.Select(status => $"{status.Next}"));
            },
            "a node names the cycle", Cancellation);

        // The one that refuses to close the ring was opened to by nobody, so it may be the head of the line that is left.
        var answers = new List<RawAnswer>();
        foreach (var node in nodes)
        {
            answers.Add(await OneWrite.RegisterAsync(node.Address, $"by-{node.Name}", Cancellation));
        }

        Assert.All(answers, answer => Assert.True(
            answer.Status is 201 || (answer.Status is 421 or 503 && answer.Body.Contains("Nothing was recorded", StringComparison.Ordinal)), $"{answer}"));
        var taken = answers.Count(answer => answer.Status == 201);
        Assert.True(taken <= 1, string.Join('\n', answers));
        await Eventually.NothingWrongAsync(
            async () =>
            {
                var holdings = await HoldingsAsync(nodes, apps);
                return holdings.All(holding => holding.Applied == taken && holding.Users == holdings[0].Users && holding.LastCrc == holdings[0].LastCrc)
                    ? null
                    : string.Join<Holding>("; ", holdings);
            },
            $"everybody has the {taken} writes that were taken", Cancellation);
    }

    private static async Task RestartAsync(TeeProxyNode node, NodeFlags flags)
    {
        await node.KillAsync(Cancellation);
        node.Flags = flags;
        node.Start();
    }

    private static async Task StartAsync(SampleApp[] apps, IReadOnlyList<TeeProxyNode> fromTheTail, bool areReady = true)
    {
        Array.ForEach(apps, app => app.Start());
        foreach (var node in fromTheTail)
        {
            node.Start();
        }

        foreach (var node in areReady ? fromTheTail : [])
        {
            await node.ReadyAsync("read", Cancellation);
        }
    }

    private static async Task<Holding[]> HoldingsAsync(TeeProxyNode[] nodes, SampleApp[] apps) =>
        await Task.WhenAll(nodes.Zip(apps, (node, app) => Holding.OfAsync(node, app, Cancellation)));

    private static async Task<Holding[]> AtRestAsync(TeeProxyNode[] nodes, SampleApp[] apps)
    {
        Holding[] holdings = [];
        await Eventually.NothingWrongAsync(
            async () =>
            {
                holdings = await HoldingsAsync(nodes, apps);
                return holdings.All(holding => holding.Applied == holdings[0].Applied && holding.LastSequence == 1 + (2 * holding.Applied))
                    ? null
                    : string.Join<Holding>("; ", holdings);
            },
            "the chain is at rest", Cancellation);
        return holdings;
    }
}
