using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

public class SyncFailureTests
{
    [Fact]
    public async Task A_sync_that_fails_anywhere_faults_the_journal_and_nothing_after_it_is_acknowledged()
    {
        var measure = new FaultFolder();
        await new ScriptedRun().RunAsync(measure);
        int faulted = 0;

        for (int at = 1; at <= measure.Changes; at++)
        {
            var folder = new FaultFolder { FailSyncAt = at };
            var run = new ScriptedRun();
            Journal? journal = null;
            try
            {
                journal = Journal.Open(folder, ScriptedRun.Options);
                while (run.Acknowledged < ScriptedRun.Entries / 2)
                {
                    await run.StepAsync(journal);
                }

                await journal.DisposeAsync();
                Assert.False(folder.SyncFailed && !journal.Faulted.IsCompleted, $"change {at}: the failed sync was not noticed");
                continue;
            }
            catch (IOException) when (folder.SyncFailed)
            {
            }

            if (journal is not null)
            {
                faulted++;
                var cause = await journal.Faulted.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
                Assert.Contains("injected", cause.Message, StringComparison.Ordinal);
                var error = await Assert.ThrowsAsync<JournalAppendException>(() => journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1)));
                Assert.Equal(AppendFailure.Faulted, error.Failure);
                Assert.Equal(ReceiveResult.Faulted, await journal.AppendReceivedAsync(default, TestContext.Current.CancellationToken));
                await Assert.ThrowsAsync<JournalFaultedException>(async () => await journal.WaitCommittedAsync(journal.Last.Sequence, TestContext.Current.CancellationToken));
                await journal.DisposeAsync();
            }

            // The page cache kept what the disk does not have: as after a power failure.
            await using var after = Journal.Open(folder.AfterCrash(CrashMode.Lost), ScriptedRun.Options);
            Assert.True(after.Last.Sequence >= run.Acknowledged);
        }

        Assert.True(faulted > 20, $"{faulted} faults");
    }

    [Fact]
    public async Task The_batch_whose_sync_failed_is_ambiguous_and_what_waited_behind_it_was_never_written()
    {
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 1);
        folder.FailSyncAt = folder.Changes + 2;

        var failures = new List<AppendFailure>();
        foreach (int _ in new[] { 1, 2 })
        {
            failures.Add((await Assert.ThrowsAsync<JournalAppendException>(() => journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(2)))).Failure);
        }

        Assert.Equal([AppendFailure.Ambiguous, AppendFailure.Faulted], failures);
        Assert.Equal(1, journal.Last.Sequence);
        using var reader = journal.OpenReader(0);
        Assert.True(reader.TryRead(out var kept));
        Assert.Equal(1, kept.Sequence);
        Assert.False(reader.TryRead(out _));
        await Assert.ThrowsAsync<JournalFaultedException>(async () => await reader.WaitAsync(TestContext.Current.CancellationToken));
    }
}
