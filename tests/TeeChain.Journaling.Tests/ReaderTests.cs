using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

public class ReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiting_reader_is_woken_by_a_commit_a_cancellation_and_the_close()
    {
        var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        using var reader = journal.OpenReader(0);
        using var source = new CancellationTokenSource();
        var cancelled = reader.WaitAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var woken = reader.WaitAsync(Cancellation).AsTask();
        await SmallJournal.AppendAsync(journal, 1);
        Assert.True(await woken.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.True(reader.TryRead(out _));
        var closed = reader.WaitAsync(Cancellation).AsTask();
        await journal.DisposeAsync();

        Assert.False(await closed.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }

    [Fact]
    public async Task A_segment_is_kept_while_a_reader_or_a_body_is_in_it_and_dropped_after()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options with { Retain = TimeSpan.Zero, MaxBytes = 1 << 20 });
        await SmallJournal.AppendAsync(journal, 1);
        var reader = journal.OpenReader(0);
        Assert.True(reader.TryRead(out var entry));
        var body = entry.OpenBody();
        reader.Dispose();
        await AppendAndReleaseAsync(20);
        Assert.Equal(0, journal.Base.Sequence);

        byte[] read = new byte[entry.BodyLength];
        await body.ReadExactlyAsync(read, Cancellation);
        await body.DisposeAsync();
        await AppendAndReleaseAsync(1);

        Assert.Equal(ScriptedRun.Body(1), read);
        Assert.True(journal.Base.Sequence > 7);
        Assert.Throws<SequenceNotKeptException>(() => journal.OpenReader(0));
        Assert.False(journal.TryGetPosition(1, out _));
        Assert.True(journal.TryGetPosition(journal.Base.Sequence, out var @base) && @base == journal.Base);

        async Task AppendAndReleaseAsync(int count)
        {
            await SmallJournal.AppendAsync(journal, count);
            journal.Release(journal.Last.Sequence);
        }
    }

    [Fact]
    public async Task A_passed_segment_is_kept_for_its_time_unless_the_budget_is_exceeded()
    {
        var time = new ManualTime();
        var options = SmallJournal.Options with { Retain = TimeSpan.FromHours(1), MaxBytes = 5 * 4096, TimeProvider = time };
        await using var journal = Journal.Open(new FaultFolder(), options);
        await AppendAndReleaseAsync(12);
        Assert.Equal(0, journal.Base.Sequence);
        time.Advance(TimeSpan.FromHours(2));
        await AppendAndReleaseAsync(1);
        long afterAnHour = journal.Base.Sequence;

        await AppendAndReleaseAsync(60);

        Assert.True(afterAnHour > 0);
        Assert.True(journal.Base.Sequence > afterAnHour);
        Assert.InRange(journal.Bytes, 4096, 6 * 4096);

        async Task AppendAndReleaseAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await SmallJournal.AppendAsync(journal, 1);
                journal.Release(journal.Last.Sequence);
            }
        }
    }

    [Fact]
    public async Task A_record_that_went_bad_under_a_running_journal_is_not_handed_out()
    {
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 2);
        folder.Bytes("00000000000000000001.segment")[300] ^= 1;
        using var reader = journal.OpenReader(0);
        using var raw = journal.OpenReader(0);

        Assert.Throws<JournalDamagedException>(() => reader.TryRead(out _));
        Assert.Throws<JournalDamagedException>(() => raw.ReadRaw(new byte[10_000]));
    }

    [Fact]
    public async Task Check_and_dump_change_nothing_and_tell_what_is_there()
    {
        string path = Directory.CreateTempSubdirectory("teechain-journal-").FullName;
        using (var folder = DiskFolder.OpenOrCreate(path))
        {
            await using var journal = Journal.Open(folder, SmallJournal.Options);
            await SmallJournal.AppendAsync(journal, 12);
        }

        var before = Directory.GetFiles(path).ToDictionary(file => file, File.ReadAllBytes);
        using var readOnly = DiskFolder.OpenReadOnly(path);
        var report = JournalInspection.Check(readOnly);
        var dumped = JournalInspection.Dump(readOnly, 3).Select(entry => (entry.Sequence, Body: entry.Body.ToArray())).ToList();

        Assert.True(report is { IsSound: true, Records: 12, Last.Sequence: 12 });
        Assert.Equal(Enumerable.Range(4, 9).Select(i => (long)i), dumped.Select(entry => entry.Sequence));
        Assert.All(dumped, entry => Assert.Equal(ScriptedRun.Body(entry.Sequence), entry.Body));
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.Throws<UnauthorizedAccessException>(() => readOnly.Delete("lock"));
        Assert.True(OperatingSystem.IsWindows() || (UnixFileMode.UserRead | UnixFileMode.UserWrite) == File.GetUnixFileMode(Path.Combine(path, "00000000000000000001.segment")));
        Directory.Delete(path, recursive: true);
    }
}
