using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>A full disk refuses, and nothing that was refused comes back; with room again, the service goes on by itself.</summary>
public class DiskFullTests
{
    private const int Entries = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_room_at_any_change_refuses_and_service_resumes(int refusals)
    {
        var measure = new FaultFolder();
        Assert.Equal(0, (await RunAsync(measure)).Refusals);
        int refused = 0;

        for (int at = 1; at <= measure.Changes; at++)
        {
            var folder = new FaultFolder { FullAt = at..(at + refusals) };
            var run = await RunAsync(folder);
            refused += run.Refusals;

            // Whoever was told "disk full" is not in the journal, whatever the power does; Ambiguous may be.
            foreach (var mode in Enum.GetValues<CrashMode>())
            {
                await using var after = Journal.Open(folder.AfterCrash(mode, at), Options);
                using var reader = after.OpenReader(0);
                var found = new List<byte>();
                while (reader.TryRead(out var entry))
                {
                    found.Add(entry.Body.Span[0]);
                }

                Assert.True(
                    found.SequenceEqual(run.Committed) || (run.Ambiguous is { } maybe && found.SequenceEqual([.. run.Committed, maybe])),
                    $"no room at change {at}, {mode}: {string.Join(' ', found)} instead of {string.Join(' ', run.Committed)}");
                Assert.True(run.Ambiguous is not null || run.Committed.Count == Entries);
            }
        }

        Assert.True(refused > 20, $"{refused} refusals");
    }

    [Fact]
    public async Task A_full_disk_refuses_what_needs_a_new_segment_once_a_second_and_takes_it_when_there_is_room()
    {
        var time = new ManualTime();
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, Options with { TimeProvider = time });
        folder.IsFull = true;
        Assert.Equal(AppendFailure.DiskFull, await AppendUntilRefusedAsync(journal));
        int changes = folder.Changes;

        Assert.Equal(AppendFailure.DiskFull, await AppendUntilRefusedAsync(journal));
        Assert.Equal(changes, folder.Changes); // within the second nothing is tried
        folder.IsFull = false;
        time.Advance(TimeSpan.FromSeconds(2));
        long last = journal.Last.Sequence;

        Assert.Null(await TryAppendAsync(journal, 1));

        Assert.Equal(last + 1, journal.Last.Sequence);
        Assert.False(journal.Faulted.IsCompleted);
    }

    [Fact]
    public async Task What_a_replica_accepted_waits_through_a_full_disk_and_commits_by_itself()
    {
        await using var head = Journal.Open(new FaultFolder(), Options with { MaxBytes = 64 << 20 });
        await SmallJournal.AppendAsync(head, 60);
        var folder = new FaultFolder();
        await using var replica = Journal.Open(folder, Options with { TimeProvider = TimeProvider.System });
        folder.IsFull = true;

        Assert.True((await replica.AppendReceivedAsync(SmallJournal.Raw(head, 0), TestContext.Current.CancellationToken)).IsAccepted);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        long stuckAt = replica.Last.Sequence;
        folder.IsFull = false;
        await SmallJournal.AwaitAsync(replica, 60);

        Assert.True(stuckAt < 60);
        Assert.Equal(head.Last, replica.Last);
    }

    private static JournalOptions Options => SmallJournal.Options with { MaxBytes = 1 << 20 };

    private static async Task<(List<byte> Committed, byte? Ambiguous, int Refusals)> RunAsync(FaultFolder folder)
    {
        var time = new ManualTime();
        var committed = new List<byte>();
        int refusals = 0;
        var journal = Open(folder, Options with { TimeProvider = time }, ref refusals);
        await using (journal)
        {
            for (byte next = 1; next <= Entries;)
            {
                var failure = await TryAppendAsync(journal, next);
                if (failure is AppendFailure.Ambiguous)
                {
                    return (committed, next, refusals);
                }

                Assert.True(failure is null or AppendFailure.DiskFull, $"{failure}");
                if (failure is null)
                {
                    committed.Add(next++);
                }
                else
                {
                    // Tried again: were the refused one there after all, it would be seen twice.
                    refusals++;
                    time.Advance(TimeSpan.FromSeconds(2));
                }

                journal.SaveCursor(new(journal.Last.Sequence, default, default));
            }
        }

        return (committed, null, refusals);
    }

    private static Journal Open(FaultFolder folder, JournalOptions options, ref int refusals)
    {
        while (true)
        {
            try
            {
                return Journal.Open(folder, options);
            }
            catch (DiskFullException)
            {
                refusals++;
            }
        }
    }

    private static async Task<AppendFailure?> AppendUntilRefusedAsync(Journal journal)
    {
        for (int i = 0; i < 100; i++)
        {
            if (await TryAppendAsync(journal, 1) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private static async Task<AppendFailure?> TryAppendAsync(Journal journal, byte mark)
    {
        byte[] body = new byte[mark == 20 ? 9000 : 350];
        body[0] = mark;
        try
        {
            await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), body));
            return null;
        }
        catch (JournalAppendException error)
        {
            return error.Failure;
        }
    }
}
