using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>
/// Wrong folders and wrong wiring are refused and named, and nothing is copied; with the right ones back, the chain goes
/// on. The nodes of a founded chain.
/// </summary>
public sealed class IdentityTests
{
    // Small segments, because folders are copied.
    private static readonly FleetPlan Plan = new() { Adjust = (_, flags) => flags with { JournalMaxBytes = 64 << 20 } };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_head_with_an_empty_folder_or_an_older_copy_takes_no_writes_and_its_own_goes_on()
    {
        await using var fleet = await Fleet.StartAsync(Plan, Cancellation);
        var writes = (await Burst.WriteAsync(fleet.Address, 6, Cancellation)).ToList();
        await Holding.AtRestAsync(fleet, Cancellation);
        var own = fleet.Head.Flags;
        await fleet.Head.KillAsync(Cancellation);
        await Copy.FolderAsync(own.Data, own.Data + ".copy", Cancellation);
        fleet.Head.Start();
        await fleet.ReadyAsync(Cancellation);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 6, Cancellation));
        var before = await Holding.AtRestAsync(fleet, Cancellation);

        await RestartAsync(fleet.Head, own with { Data = own.Data + ".empty" });

        await Refusal.IsNamedAsync(fleet.Head, fleet.Nodes[1], "Foreign", Cancellation);
        await fleet.Head.NoLongerReadyAsync("read", Cancellation);
        (await OneWrite.RegisterAsync(fleet.Address, "nobody", Cancellation)).AssertProblem(503, "not-yet");
        var during = await Holding.OfAsync(fleet, Cancellation);
        Assert.Equal(before.Skip(1), during.Skip(1));
        Assert.Equal(before[0] with { LastSequence = 0, LastCrc = during[0].LastCrc }, during[0]);

        await RestartAsync(fleet.Head, own with { Data = own.Data + ".copy" });

        await Refusal.IsNamedAsync(fleet.Head, fleet.Nodes[1], "Ahead", Cancellation);
        (await OneWrite.RegisterAsync(fleet.Address, "nobody", Cancellation)).AssertProblem(503, "not-yet");
        Assert.Equal(before.Skip(1), (await Holding.OfAsync(fleet, Cancellation)).Skip(1));

        await RestartAsync(fleet.Head, own);
        await GoesOnAsync(fleet, writes, mostDiscarded: 4);
    }

    [Fact]
    public async Task A_replica_with_an_empty_folder_is_refused_on_both_sides_and_its_own_goes_on()
    {
        await using var fleet = await Fleet.StartAsync(Plan, Cancellation);
        var writes = (await Burst.WriteAsync(fleet.Address, 10, Cancellation)).ToList();
        var before = await Holding.AtRestAsync(fleet, Cancellation);
        await fleet.ToldAsync(Cancellation);
        await fleet.Head.RemembersAsync(fleet.Nodes[1], Cancellation);
        var own = fleet.Nodes[1].Flags;

        await RestartAsync(fleet.Nodes[1], own with { Data = own.Data + ".empty" });

        await Refusal.IsNamedAsync(fleet.Head, fleet.Nodes[1], "WentBack", Cancellation);
        await Refusal.IsNamedAsync(fleet.Nodes[1], fleet.Nodes[2], "Ahead", Cancellation);
        await fleet.Nodes[1].NoLongerReadyAsync("read", Cancellation);
        await fleet.Nodes[2].NoLongerReadyAsync("read", Cancellation);
        var during = await Holding.OfAsync(fleet, Cancellation);
        Assert.Equal([before[0], before[2]], [during[0], during[2]]);
        Assert.Equal(before[1] with { LastSequence = 0, LastCrc = during[1].LastCrc }, during[1]);

        await RestartAsync(fleet.Nodes[1], own);
        await GoesOnAsync(fleet, writes, mostDiscarded: 1);
    }

    [Fact]
    public async Task A_replica_with_an_older_copy_of_its_folder_is_refused_and_its_own_goes_on()
    {
        await using var fleet = await Fleet.StartAsync(Plan, Cancellation);
        var writes = (await Burst.WriteAsync(fleet.Address, 6, Cancellation)).ToList();
        await Holding.AtRestAsync(fleet, Cancellation);
        var tail = fleet.Nodes[2];
        var own = tail.Flags;
        await tail.KillAsync(Cancellation);
        await Copy.FolderAsync(own.Data, own.Data + ".copy", Cancellation);
        tail.Start();
        await fleet.ReadyAsync(Cancellation);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 6, Cancellation));
        var before = await Holding.AtRestAsync(fleet, Cancellation);
        await fleet.ToldAsync(Cancellation);
        await fleet.Nodes[1].RemembersAsync(tail, Cancellation);

        await RestartAsync(tail, own with { Data = own.Data + ".copy" });

        await Refusal.IsNamedAsync(fleet.Nodes[1], tail, "WentBack", Cancellation);
        await tail.NoLongerReadyAsync("read", Cancellation);
        var during = await Holding.OfAsync(fleet, Cancellation);
        Assert.Equal(before.Take(2), during.Take(2));
        Assert.True(during[2].LastSequence < before[2].LastSequence, $"The copy grew: {during[2]}");

        await RestartAsync(tail, own);
        await GoesOnAsync(fleet, writes, mostDiscarded: 3);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_chain_that_leads_back_to_its_head_names_the_cycle_and_goes_on_as_a_line()
    {
        await using var fleet = await Fleet.StartAsync(Plan, Cancellation);
        var writes = (await Burst.WriteAsync(fleet.Address, 10, Cancellation)).ToList();
        await Holding.AtRestAsync(fleet, Cancellation);
        var tail = fleet.Nodes[2];
        var own = tail.Flags;

        await RestartAsync(tail, own with { Next = fleet.Head.Flags.Listen });

        await Refusal.IsNamedAsync(tail, fleet.Head, "Cycle", Cancellation);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 10, Cancellation));
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds(writes, [0, 0, 1]);

        await RestartAsync(tail, own);
        await GoesOnAsync(fleet, writes, mostDiscarded: 2);
    }

    private static async Task RestartAsync(TeeProxyNode node, NodeFlags flags)
    {
        await node.KillAsync(Cancellation);
        node.Flags = flags;
        node.Start();
        await Eventually.TrueAsync(
            async () => await node.StatusAsync(Cancellation) is not null, $"{node.Name} answers", Cancellation, () => node.Description);
    }

    private static async Task GoesOnAsync(Fleet fleet, List<ClientWrite> writes, int mostDiscarded)
    {
        await fleet.ReadyAsync(Cancellation);
        await Refusal.IsOverAsync(fleet.Nodes[0], fleet.Nodes[1], Cancellation);
        await Refusal.IsOverAsync(fleet.Nodes[1], fleet.Nodes[2], Cancellation);
        writes.AddRange(await Burst.WriteAsync(fleet.Address, 10, Cancellation));
        (await Agreement.ReadAsync(fleet, Cancellation)).AssertHolds(writes, [.. fleet.Nodes.Select(_ => mostDiscarded)]);
    }
}
