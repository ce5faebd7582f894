using System.Net;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>A disk that is full, and one that fails.</summary>
public sealed class DiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_writes_until_there_is_room_and_serves_reads()
    {
        await using var workshop = new Workshop();
        var disk = workshop.Path("disk");
        Assert.SkipUnless(await SmallDisk.TryMountAsync(workshop, disk, megabytes: 24, Cancellation), "A tmpfs can be mounted by root only.");
        var apps = new[] { workshop.App(), workshop.App() };
        var replica = workshop.Node(apps[1].Port);
        var head = workshop.Node(apps[0].Port, next: replica.Flags.Listen);
        head.Flags = head.Flags with { Data = Path.Combine(disk, "journal"), MaxBodyBytes = 1 << 20, JournalMaxBytes = 8 << 20 };
        Array.ForEach(apps, app => app.Start());
        replica.Start();
        head.Start();
        await head.ReadyAsync("write", Cancellation);
        Assert.Equal(201, (await OneWrite.RegisterAsync(head.Address, "first", Cancellation)).Status);

        var filler = Path.Combine(disk, "filler");
        SmallDisk.Fill(filler);
        var taken = await FillJournalAsync(head.Address);
        await Agreement.SettledAsync([head, replica], Cancellation);
        var before = await Holding.OfAsync(head, apps[0], Cancellation);
        for (var i = 0; i < 3; i++)
        {
            var refused = await RegisterAsync(head.Address, "refused", bytes: 32 << 10);
            Assert.NotNull(refused.Header("Retry-After"));
            refused.AssertProblem(507, "disk-full");
            (await RegisterAsync(head.Address, "spooled", bytes: 200 << 10)).AssertProblem(507, "disk-full");
        }

        Assert.Equal(before, await Holding.OfAsync(head, apps[0], Cancellation));
        using (var read = await Loopback.Control.GetAsync(new Uri(head.Address, "/login?user=first"), Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        File.Delete(filler);
        await Eventually.TrueAsync(
            async () => (await RegisterAsync(head.Address, "after", bytes: 32 << 10)).Status is 201, "writes are taken again", Cancellation, () => head.Description);
        Assert.False(head.Process.HasExited);
        await Agreement.SettledAsync([head, replica], Cancellation);
        var states = await Task.WhenAll(apps.Select(app => app.StateAsync(Cancellation)));
        Assert.All(states, state => Assert.Equal((2 + taken, states[0].Digest), (state.Users, state.Digest)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_full_disk_behind_the_head_stops_no_client_and_no_node_and_all_agree_when_there_is_room(int full)
    {
        await using var workshop = new Workshop();
        var disk = workshop.Path("disk");
        Assert.SkipUnless(await SmallDisk.TryMountAsync(workshop, disk, megabytes: 24, Cancellation), "A tmpfs can be mounted by root only.");
        SampleApp[] apps = [workshop.App(), workshop.App(), workshop.App()];
        TeeProxyNode[] nodes = [.. apps.Select(app => workshop.Node(app.Port))];
        nodes[0].Flags = nodes[0].Flags with { Next = nodes[1].Flags.Listen, Spares = [nodes[2].Flags.Listen] };
        nodes[1].Flags = nodes[1].Flags with { Next = nodes[2].Flags.Listen };
        nodes[full].Flags = nodes[full].Flags with { Data = Path.Combine(disk, "journal"), MaxBodyBytes = 1 << 20, JournalMaxBytes = 8 << 20 };
        Array.ForEach(apps, app => app.Start());
        Array.ForEach(nodes, node => node.Start());
        await nodes[0].ReadyAsync("write", Cancellation);
        var writes = (await Burst.WriteAsync(nodes[0].Address, 1, Cancellation)).ToList();

        // At once, so that what the head tells of its chain finds no room either.
        var filler = Path.Combine(disk, "filler");
        SmallDisk.Fill(filler);
        await Eventually.NothingWrongAsync(
            async () =>
            {
                var user = $"filler-{writes.Count}";
                Assert.Equal(201, (await RegisterAsync(nodes[0].Address, user, bytes: 32 << 10)).Status);
                writes.Add(new ClientWrite(user, "register", Fate.Acknowledged, ""));
                var lag = (await nodes[0].StatusAsync(Cancellation)).LastSequence - (await nodes[full].StatusAsync(Cancellation)).LastSequence;
                return lag > 40 ? null : $"It lacks {lag} records.\n{nodes[full].Description}";
            },
            "the full disk takes no more", Cancellation);
        await nodes[full].NoLongerReadyAsync("read", Cancellation);
        await SaysOnceAsync(nodes[full], "disk of the data folder is full");

        File.Delete(filler);
        await SaysOnceAsync(nodes[full], "disk of the data folder has room again");
        writes.AddRange(await Burst.WriteAsync(nodes[0].Address, 10, Cancellation));
        (await Agreement.ReadAsync(nodes, apps, Cancellation)).AssertHolds(writes, mostDiscarded: [0, 0, 0]);
        Assert.All(nodes, node => Assert.False(node.Process.HasExited, node.Description));
    }

    [Fact]
    public async Task A_failed_sync_is_ambiguous_for_the_write_in_flight_and_loses_nothing_that_was_acknowledged()
    {
        await using var workshop = new Workshop();
        var fault = await SyncFault.BuildAsync(workshop, Cancellation);
        var apps = new[] { workshop.App(), workshop.App() };
        var replica = workshop.Node(apps[1].Port);
        var head = workshop.Node(apps[0].Port, next: replica.Flags.Listen);
        Array.ForEach(apps, app => app.Start());
        replica.Start();
        var process = workshop.Start("injected", Repository.TeeProxy, head.Flags.ToArguments(), fault.Environment);
        await Eventually.TrueAsync(async () => await head.NotReadyAsync("write", Cancellation) is null, "the head takes writes", Cancellation, () => process.Description);
        var writes = (await Burst.WriteAsync(head.Address, 20, Cancellation)).ToList();
        await Eventually.TrueAsync(
            async () => (await head.StatusAsync(Cancellation)).LastSequence >= 2 * writes.Count, "the outcomes are on disk, so that the next sync is the write's", Cancellation, () => process.Description);

        fault.Trigger();
        var inFlight = await OneWrite.RegisterAsync(head.Address, "in-flight", Cancellation);

        inFlight.AssertProblem(500, "ambiguous", recorded: "unknown");
        Assert.Null(inFlight.Header("Retry-After"));
        await AssertTakesNothingMoreAsync(head.Address);
        Assert.NotEqual(0, await process.WaitExitAsync(Cancellation));
        Assert.Contains("fdatasync", process.Log, StringComparison.Ordinal);

        head.Start();
        await head.ReadyAsync("write", Cancellation);
        writes.Add(new ClientWrite("in-flight", "register", Fate.Ambiguous, ""));
        writes.AddRange(await Burst.WriteAsync(head.Address, 20, Cancellation));
        (await Agreement.ReadAsync([head, replica], apps, Cancellation)).AssertHolds(writes, [1, 0]);
    }

    private static async Task SaysOnceAsync(TeeProxyNode node, string what)
    {
        await Eventually.NothingWrongAsync(
            () => Task.FromResult(node.Process.Log.Contains(what, StringComparison.Ordinal) ? null : node.Description), $"the node says: {what}", Cancellation);
        Assert.Single(node.Process.Log.Split('\n'), line => line.Contains(what, StringComparison.Ordinal));
    }

    // Small segments are made ahead, so some writes still find room.
    private static async Task<int> FillJournalAsync(Uri head)
    {
        for (var taken = 0; taken < 500; taken++)
        {
            var answer = await RegisterAsync(head, $"filler-{taken}", bytes: 32 << 10);
            if (answer.Status != 201)
            {
                answer.AssertProblem(507, "disk-full");
                return taken;
            }
        }

        Assert.Fail("The disk is full, but the journal takes writes for ever.");
        return 0;
    }

    // Until it exits it says so; then nobody is there.
    private static async Task AssertTakesNothingMoreAsync(Uri head)
    {
        try
        {
            var late = await OneWrite.RegisterAsync(head, "late", Cancellation);
            late.AssertProblem(503, late.Body.Contains("draining", StringComparison.Ordinal) ? "draining" : "journal-faulted");
        }
        catch (HttpRequestException)
        {
        }
    }

    private static Task<RawAnswer> RegisterAsync(Uri address, string user, int bytes) =>
        OneWrite.RegisterAsync(address, user, Cancellation, password: new string('p', bytes));
}
