using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>The whole promise of the journal, at every point where the power can go.</summary>
public class CrashTests
{
    [Fact]
    public async Task The_scripted_run_makes_the_same_changes_each_time_and_meets_everything()
    {
        var folders = new[] { new FaultFolder(), new FaultFolder() };
        var runs = new[] { new ScriptedRun(), new ScriptedRun() };

        await runs[0].RunAsync(folders[0]);
        await runs[1].RunAsync(folders[1]);

        Assert.Equal(ScriptedRun.Entries, runs[0].Acknowledged);
        Assert.Equal(folders[0].Changes, folders[1].Changes);
        var report = JournalInspection.Check(folders[0]);
        long generations = report.Segments.Max(segment => segment.Generation);
        Assert.True(generations >= 6, $"the run rolls: generation {generations}");
        Assert.True(report.Base.Sequence > 0, "the run drops segments");
        int made = folders[0].Created.Count(name => name == "segment.tmp");
        Assert.True(made < generations, $"the run recycles: {made} files made for {generations} segments");
    }

    [Theory]
    [InlineData(CrashMode.Lost, 0)]
    [InlineData(CrashMode.Kept, 0)]
    [InlineData(CrashMode.Torn, 1)]
    [InlineData(CrashMode.Torn, 2)]
    [InlineData(CrashMode.Torn, 3)]
    public async Task A_crash_at_any_change_loses_nothing_acknowledged_and_invents_nothing(CrashMode mode, int seed)
    {
        int changes = await CountChangesAsync();

        for (int at = 1; at <= changes; at++)
        {
            var (run, folder) = await CrashAsync(at);
            var after = folder.AfterCrash(mode, seed + at);

            await AssertRecoversAsync(after, run, mode, $"crash at change {at} of {changes}");
        }
    }

    [Theory]
    [InlineData(CrashMode.Lost)]
    [InlineData(CrashMode.Kept)]
    [InlineData(CrashMode.Torn)]
    public async Task A_crash_at_any_change_of_a_recovery_is_recovered_from_too(CrashMode mode)
    {
        int changes = await CountChangesAsync();

        for (int at = 1; at <= changes; at++)
        {
            var (run, folder) = await CrashAsync(at);
            for (int second = 1; second < 100; second++)
            {
                var recovering = folder.AfterCrash(CrashMode.Torn, at);
                recovering.CrashAt = second;
                bool isThrough = await TryOpenAndCloseAsync(recovering);
                await AssertRecoversAsync(recovering.AfterCrash(mode, second), run, CrashMode.Torn, $"crash at change {at}, then at change {second} of the recovery");
                if (isThrough)
                {
                    break;
                }
            }
        }
    }

    private static async Task<int> CountChangesAsync()
    {
        var folder = new FaultFolder();
        await new ScriptedRun().RunAsync(folder);
        return folder.Changes;
    }

    private static async Task<(ScriptedRun Run, FaultFolder Folder)> CrashAsync(int at)
    {
        var folder = new FaultFolder { CrashAt = at };
        var run = new ScriptedRun();
        await run.RunAsync(folder);
        return (run, folder);
    }

    private static async Task<bool> TryOpenAndCloseAsync(FaultFolder folder)
    {
        try
        {
            var journal = Journal.Open(folder, ScriptedRun.Options);
            await journal.DisposeAsync();
            return !journal.Faulted.IsCompleted;
        }
        catch (CrashException)
        {
            return false;
        }
    }

    private static async Task AssertRecoversAsync(FaultFolder folder, ScriptedRun run, CrashMode mode, string where)
    {
        await using (var journal = Journal.Open(folder, ScriptedRun.Options))
        {
            Assert.True(journal.Last.Sequence >= run.Acknowledged, $"{where}: {journal.Last.Sequence} is left of {run.Acknowledged} acknowledged");
            Assert.True(journal.Last.Sequence <= run.Acknowledged + 3, $"{where}: {journal.Last.Sequence} of {run.Acknowledged} were never given");
            Assert.True(journal.Base.Sequence <= run.Released + 4, $"{where}: {journal.Base.Sequence} dropped, {run.Released} released");
            Assert.True(journal.Cursor.Highest >= run.DurableCursor, $"{where}: cursor {journal.Cursor.Highest}, durable {run.DurableCursor}");
            Assert.True(journal.Cursor.Highest <= journal.Last.Sequence, $"{where}: cursor {journal.Cursor.Highest} beyond {journal.Last.Sequence}");
            Assert.True(mode != CrashMode.Kept || journal.Cursor.Watermark >= run.Cursor, $"{where}: a killed process costs no cursor");
            AssertRecords(journal, where);
            await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), ScriptedRun.Body(journal.Last.Sequence + 1)));
        }

        await using var again = Journal.Open(folder.AfterCrash(CrashMode.Lost), ScriptedRun.Options);
        AssertRecords(again, where + ", then a clean restart");
    }

    private static void AssertRecords(Journal journal, string where)
    {
        using var reader = journal.OpenReader(journal.Base.Sequence);
        long sequence = journal.Base.Sequence;
        while (reader.TryRead(out var entry))
        {
            sequence++;
            Assert.True(entry.Sequence == sequence && entry.Body.Span.SequenceEqual(ScriptedRun.Body(sequence)), $"{where}: record {sequence} is another");
        }

        Assert.True(sequence == journal.Last.Sequence, $"{where}: the reader ends at {sequence}, the journal at {journal.Last.Sequence}");
    }
}
