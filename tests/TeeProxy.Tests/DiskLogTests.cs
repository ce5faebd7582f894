using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeChain.Protocol.Status;
using TeeProxy.Chain;
using TeeProxy.Tests.Hop;

namespace TeeProxy.Tests;

/// <summary>What a replica says of a full disk; a head's is with what its clients are told (RefusalTests).</summary>
public sealed class DiskLogTests : IDisposable
{
    private static readonly Readiness No = new(false, "not asked here");

    private readonly TemporaryFolder _headData = new();
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _headData.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task A_replica_says_once_that_its_disk_is_full_and_once_that_it_has_room_again()
    {
        var options = new JournalOptions { SegmentBytes = 1 << 20, MaxBytes = 64 << 20 };
        await using var head = _headData.OpenJournal(options);
        for (var i = 0; i < 3; i++)
        {
            await head.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[700_000])); // one a segment
        }

        using var reader = head.OpenReader(0);
        var raw = new byte[4 << 20];
        var records = raw.AsMemory(0, reader.ReadRaw(raw));
        var folder = new FullFolder(_data.Folder);
        await using var replica = Journal.Open(folder, options);
        var events = new Events();
        var states = new StateLog(
            () => new Membership { Node = Guid.Empty }, () => new ReadyStatus(No, No, No), () => replica.IsWaitingForRoom, new DiskLog(events), NullLogger.Instance);
        folder.IsFull = true;

        Assert.True((await replica.AppendReceivedAsync(records, Cancellation)).IsAccepted);
        await StepUntilAsync(() => events.Names.Length > 0, "the full disk is told");
        var attempts = folder.Refused;
        await StepUntilAsync(() => folder.Refused > attempts, "it is tried again");
        folder.IsFull = false;
        await StepUntilAsync(() => events.Names.Length > 1, "the room is told");
        await replica.FlushAsync(Cancellation);
        states.Step();

        Assert.Equal(["disk_full", "disk_back"], events.Names);
        Assert.Equal(head.Last, replica.Last);

        Task StepUntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(
            () =>
            {
                states.Step();
                return condition();
            },
            what);
    }

    [Fact]
    public async Task A_replica_that_cannot_write_down_whom_it_follows_says_so_once_and_once_that_it_can()
    {
        using var firstData = new TemporaryFolder();
        await using var head = await HopNode.StartAsync(_headData, hasNext: true);
        await using (var first = await HopNode.StartAsync(firstData))
        {
            await using var founding = new RunningLink(head.LinkTo(first.Address));
            await head.FoundAsync();
            await first.ReachesAsync(1);
        }

        await using var next = await HopNode.StartAsync(_data);
        next.Folder.IsFull = true;
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await Eventually.TrueAsync(() => next.Folder.Refused > 2, "the opening comes again and again");
        next.Folder.IsFull = false;
        await next.ReachesAsync(1);

        Assert.Equal(["disk_full", "disk_back"], next.Disk.Names);
    }

    [Fact]
    public void Whoever_finds_out_first_says_it_and_nobody_again()
    {
        var events = new Events();
        var disk = new DiskLog(events);

        disk.HasRoom();
        disk.Full();
        disk.Full();
        disk.HasRoom();
        disk.HasRoom();
        disk.Full();

        Assert.Equal(["disk_full", "disk_back", "disk_full"], events.Names);
    }
}
