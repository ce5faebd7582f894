using System.Collections.Concurrent;
using System.Diagnostics;
using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>When a commit happens, and whom it tells.</summary>
public class CommitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_sync_serves_all_that_waited_and_syncs_keep_their_distance()
    {
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 20, MinSyncInterval = TimeSpan.FromMilliseconds(20) });
        int before = folder.Syncs;
        var clock = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[100]));
            }
        })));

        Assert.Equal(640, journal.Last.Sequence);
        Assert.InRange(folder.Syncs - before, 10, (clock.Elapsed.TotalMilliseconds / 20) + 1);
    }

    [Fact]
    public async Task A_lazy_entry_rides_with_the_next_commit_or_goes_after_its_linger()
    {
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, SmallJournal.Options with { LazyLinger = TimeSpan.FromMilliseconds(150), TimeProvider = TimeProvider.System });
        int before = folder.Syncs;
        var first = new Recorded(isLazy: true);
        var second = new Recorded(isLazy: true);

        journal.Append(first);
        await journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1));
        Assert.True(first.Committed.IsCompletedSuccessfully);
        Assert.Equal(before + 1, folder.Syncs);
        var clock = Stopwatch.StartNew();
        journal.Append(second);
        await second.Committed.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        Assert.True(clock.ElapsedMilliseconds >= 140, $"it waited {clock.ElapsedMilliseconds} ms");
        Assert.Equal(before + 2, folder.Syncs);
    }

    [Theory]
    [InlineData(0)] // the writer still looks by itself
    [InlineData(200)] // it sleeps
    public async Task A_lazy_entry_that_comes_alone_is_committed_however_long_ago_the_last_commit_was(int idleMs)
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options with { LazyLinger = TimeSpan.FromMilliseconds(20), TimeProvider = TimeProvider.System });
        for (int i = 0; i < 5; i++)
        {
            await SmallJournal.AppendAsync(journal, 1);
            await Task.Delay(idleMs, Cancellation);
            var lazy = new Recorded(isLazy: true);

            journal.Append(lazy);

            await lazy.Committed.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        }
    }

    [Fact]
    public async Task A_reader_that_goes_first_is_woken_before_those_that_waited_longer()
    {
        var woken = new BlockingCollection<IThreadPoolWorkItem>();
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options with { Resume = woken.Add });
        using var early = journal.OpenReader(0);
        using var first = journal.OpenReader(0, goesFirst: true);
        using var late = journal.OpenReader(0);
        var waits = new[] { early, first, late }.Select(reader => reader.WaitAsync(Cancellation).AsTask()).ToArray();

        await SmallJournal.AppendAsync(journal, 1);

        foreach (int next in (int[])[1, 0, 2])
        {
            Assert.True(woken.TryTake(out var waiter, TimeSpan.FromSeconds(10)));
            waiter.Execute();
            Assert.True(await waits[next].WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        }
    }

    [Fact]
    public async Task An_entry_is_sequenced_before_any_reader_sees_it_and_committed_after()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        using var reader = journal.OpenReader(0);
        bool? wasVisible = null;
        var request = new Recorded(onSequenced: () => wasVisible = reader.TryRead(out _) || journal.Last.Sequence > 0);

        journal.Append(request);
        await request.Committed.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        Assert.False(wasVisible);
        Assert.True(reader.TryRead(out var entry));
        Assert.Equal(request.Position, entry.Position);
    }

    [Fact]
    public async Task A_commit_wakes_those_who_wait_for_it_and_keeps_those_who_wait_for_more()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        var third = journal.WaitCommittedAsync(2, Cancellation).AsTask();
        var first = journal.WaitCommittedAsync(0, Cancellation).AsTask();
        var fourth = journal.WaitCommittedAsync(3, Cancellation).AsTask();

        await SmallJournal.AppendAsync(journal, 1);
        Assert.Equal(1, await first.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.False(third.IsCompleted || fourth.IsCompleted);
        await SmallJournal.AppendAsync(journal, 3);

        Assert.Equal(3, await third.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.Equal(4, await fourth.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }

    [Fact]
    public async Task What_does_not_belong_is_refused_and_nothing_of_it_is_recorded()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options with { MaxBytes = 8192, MaxEntryBytes = 5000 });
        var epoch = await journal.AppendAsync(EntryKind.Epoch, SmallJournal.Payload(1), epoch: 4);
        Assert.Equal(4, epoch.Epoch);

        Assert.Equal(AppendFailure.EpochFell, await FailureAsync(EntryKind.Epoch, 10, 4));
        Assert.Equal(AppendFailure.TooLarge, await FailureAsync(EntryKind.Write, 5001, null));
        await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[4900]));
        Assert.Equal(AppendFailure.BudgetFull, await FailureAsync(EntryKind.Write, 4900, null));
        journal.Release(journal.Last.Sequence);
        Assert.Equal(0, journal.HeldBytes);
        var last = await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[4900]));

        Assert.Equal((3, 4), (last.Sequence, last.Epoch));
        async Task<AppendFailure> FailureAsync(EntryKind kind, int bytes, long? epoch) =>
            (await Assert.ThrowsAsync<JournalAppendException>(() => journal.AppendAsync(kind, EntryPayload.InMemory(default, new byte[bytes]), epoch))).Failure;
    }

    [Fact]
    public async Task A_spooled_body_is_copied_and_one_that_does_not_match_its_crc_fails_alone()
    {
        string path = Path.GetTempFileName();
        byte[] body = new byte[700_000];
        new Random(1).NextBytes(body);
        await File.WriteAllBytesAsync(path, body, Cancellation);
        using var spool = File.OpenHandle(path);
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options with { MaxBytes = 1 << 24 });
        var bad = EntryPayload.Spooled("head"u8.ToArray(), spool, body.Length, 7);
        var good = EntryPayload.Spooled("head"u8.ToArray(), spool, body.Length, Crc32C.Append(Crc32C.Compute("head"u8), body));

        var results = new[] { journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1)), journal.AppendAsync(EntryKind.Write, bad), journal.AppendAsync(EntryKind.Write, good) };
        await Assert.ThrowsAsync<JournalAppendException>(() => Task.WhenAll(results));

        Assert.True(results[0].IsCompletedSuccessfully && results[2].IsCompletedSuccessfully);
        using var reader = journal.OpenReader(1);
        Assert.True(reader.TryRead(out var entry));
        Assert.False(entry.BodyInMemory);
        using var stream = entry.OpenBody();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        Assert.Equal(body, copy.ToArray());
        File.Delete(path);
    }

    [Fact]
    public async Task Records_that_do_not_follow_are_rejected_with_the_reason()
    {
        await using var head = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await SmallJournal.AppendAsync(head, 3);
        byte[] raw = SmallJournal.Raw(head, 0);
        await using var replica = Journal.Open(new FaultFolder(), SmallJournal.Options);
        byte[] flipped = [.. raw];
        flipped[100] ^= 1;

        Assert.Contains("where 1 should", (await replica.AppendReceivedAsync(SmallJournal.Raw(head, 1), Cancellation)).Reason, StringComparison.Ordinal);
        Assert.Contains("CRC", (await replica.AppendReceivedAsync(flipped, Cancellation)).Reason, StringComparison.Ordinal);
        Assert.Contains("not whole", (await replica.AppendReceivedAsync(raw.AsMemory(0, raw.Length - 1), Cancellation)).Reason, StringComparison.Ordinal);
        Assert.Equal(0, replica.Last.Sequence);
        await SmallJournal.ReceiveAsync(replica, raw, 3);

        Assert.Equal(head.Last, replica.Last);
        Assert.False((await replica.AppendReceivedAsync(raw, Cancellation)).IsAccepted);
    }

    [Fact]
    public async Task A_sender_is_told_of_a_full_disk_once_four_MiB_are_pending_and_goes_on_when_they_have_drained()
    {
        await using var head = Journal.Open(new FaultFolder(), new JournalOptions { SegmentBytes = 16 << 20 });
        for (int i = 0; i < 6; i++)
        {
            await head.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[1 << 20]));
        }

        byte[] raw = SmallJournal.Raw(head, 0);
        int record = raw.Length / 6;
        var folder = new FaultFolder();
        await using var replica = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 20 });
        folder.IsFull = true; // so that nothing drains
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(ReceiveResult.Accepted, await replica.AppendReceivedAsync(raw.AsMemory(i * record, record), Cancellation));
        }

        var fifth = await replica.AppendReceivedAsync(raw.AsMemory(4 * record, record), Cancellation);

        Assert.Equal(ReceiveResult.DiskFull, fifth);
        folder.IsFull = false;
        await SmallJournal.AwaitAsync(replica, 4);
        await SmallJournal.ReceiveAsync(replica, raw[(4 * record)..], 6);

        Assert.Equal(head.Last, replica.Last);
    }

    [Fact]
    public async Task A_mark_carries_the_cursor_and_only_with_all_that_was_appended_before_it_was_saved()
    {
        var folder = new FaultFolder();
        var journal = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 2);
        var outcome = new Recorded(isLazy: true);
        journal.Append(outcome);
        journal.SaveCursor(new(2, default, "notes"u8.ToArray()));
        await SmallJournal.AppendAsync(journal, 1);

        var after = folder.AfterCrash(CrashMode.Lost);
        await using var recovered = Journal.Open(after, SmallJournal.Options);

        Assert.Equal(new CursorState(2, default, "notes"u8.ToArray()), recovered.Cursor);
        Assert.Equal(4, recovered.Last.Sequence);
        await journal.DisposeAsync();
    }

    private sealed class Recorded(bool isLazy = false, Action? onSequenced = null) : AppendRequest(EntryKind.Outcome, EntryPayload.InMemory(default, new byte[5]), isLazy)
    {
        private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Committed => _committed.Task;

        public new JournalPosition Position { get; private set; }

        protected internal override void OnSequenced(JournalPosition position)
        {
            Position = position;
            onSequenced?.Invoke();
        }

        protected internal override void OnCommitted() => _committed.SetResult();

        protected internal override void OnFailed(AppendFailure failure) => _committed.SetException(new JournalAppendException(failure));
    }
}
