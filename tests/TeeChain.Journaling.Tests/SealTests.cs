using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>What may come behind a sealed journal's last record, and what not.</summary>
public class SealTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_appended_before_is_committed_and_what_comes_behind_is_refused()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        var before = journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1));
        var sealing = journal.SealAsync();
        var behind = journal.AppendAsync(EntryKind.Outcome, SmallJournal.Payload(2));

        var last = await sealing;

        Assert.Equal(await before, last);
        Assert.Equal(AppendFailure.Sealed, await FailureAsync(behind));
        Assert.Equal(AppendFailure.Sealed, await FailureAsync(journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(2))));
        SmallJournal.AssertHolds(journal, 1);
    }

    [Fact]
    public async Task An_empty_journal_is_sealed_at_its_base()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);

        Assert.Equal(journal.Base, await journal.SealAsync());
        Assert.Equal(AppendFailure.Sealed, await FailureAsync(journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1))));
    }

    [Fact]
    public async Task An_ended_seal_lets_everything_in_again()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await journal.SealAsync();

        await journal.UnsealAsync();
        await SmallJournal.AppendAsync(journal, 2);

        SmallJournal.AssertHolds(journal, 2);
    }

    [Fact]
    public async Task Sealing_again_changes_nothing_and_one_end_ends_it()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 1);

        Assert.Equal(await journal.SealAsync(), await journal.SealAsync());
        await journal.UnsealAsync();
        await SmallJournal.AppendAsync(journal, 1);

        SmallJournal.AssertHolds(journal, 2);
    }

    [Fact]
    public async Task A_record_that_begins_an_epoch_ends_the_seal()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await journal.SealAsync();

        var epoch = await journal.AppendAsync(EntryKind.Epoch, SmallJournal.Payload(1), epoch: 3);
        await SmallJournal.AppendAsync(journal, 1);

        Assert.Equal((1, 3), (epoch.Sequence, epoch.Epoch));
        SmallJournal.AssertHolds(journal, 2);
    }

    [Fact]
    public async Task What_waits_behind_an_epoch_record_is_of_that_epoch_and_what_waits_before_it_is_refused()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        var sealing = journal.SealAsync();
        var before = journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1));
        var epoch = journal.AppendAsync(EntryKind.Epoch, SmallJournal.Payload(1), epoch: 3);
        var behind = journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(2));

        await sealing;

        Assert.Equal(AppendFailure.Sealed, await FailureAsync(before));
        Assert.Equal(1, (await epoch).Sequence);
        Assert.Equal((2, 3), ((await behind).Sequence, (await behind).Epoch));
    }

    [Fact]
    public async Task An_epoch_that_does_not_rise_is_refused_and_the_seal_stands()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await journal.AppendAsync(EntryKind.Epoch, SmallJournal.Payload(1), epoch: 3);
        await journal.SealAsync();

        Assert.Equal(AppendFailure.EpochFell, await FailureAsync(journal.AppendAsync(EntryKind.Epoch, SmallJournal.Payload(2), epoch: 3)));
        Assert.Equal(AppendFailure.Sealed, await FailureAsync(journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(2))));
    }

    [Fact]
    public async Task What_another_node_sends_passes_and_does_not_end_the_seal()
    {
        await using var head = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await SmallJournal.AppendAsync(head, 3);
        await using var replica = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await replica.SealAsync();

        await SmallJournal.ReceiveAsync(replica, SmallJournal.Raw(head, 0), 3);

        Assert.Equal(head.Last, replica.Last);
        Assert.Equal(AppendFailure.Sealed, await FailureAsync(replica.AppendAsync(EntryKind.Write, SmallJournal.Payload(4))));
    }

    [Fact]
    public async Task A_seal_does_not_survive_a_restart()
    {
        var folder = new FaultFolder();
        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await journal.SealAsync();
        }

        await using var again = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(again, 1);

        SmallJournal.AssertHolds(again, 1);
    }

    [Fact]
    public async Task Of_many_appenders_whoever_succeeded_is_at_or_before_the_seal()
    {
        await using var journal = Journal.Open(new FaultFolder(), SmallJournal.Options with { MaxBytes = 1 << 26, TimeProvider = TimeProvider.System });
        for (var round = 0; round < 20; round++)
        {
            var appenders = Enumerable.Range(0, 8).Select(_ => Task.Run(() => AppendUntilSealedAsync(journal))).ToArray();
            await SmallJournal.AwaitAsync(journal, journal.Last.Sequence + 10);

            var last = await journal.SealAsync();
            var succeeded = (await Task.WhenAll(appenders)).SelectMany(sequences => sequences).ToArray();

            Assert.Equal(last, journal.Last);
            Assert.Equal(succeeded.Length, succeeded.Distinct().Count());
            Assert.Equal(last.Sequence, succeeded.Max());
            journal.Release(last.Sequence);
            await journal.UnsealAsync();
        }
    }

    [Fact]
    public async Task On_a_full_disk_what_was_appended_before_is_refused_and_the_seal_is_told()
    {
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 1);
        folder.IsFull = true;
        var large = journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, new byte[9000]));

        var last = await journal.SealAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(1, last.Sequence);
        Assert.Equal(AppendFailure.DiskFull, await FailureAsync(large));
    }

    [Fact]
    public async Task A_closed_journal_says_so()
    {
        var journal = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await journal.DisposeAsync();

        Assert.Equal(AppendFailure.Closed, await FailureAsync(journal.SealAsync()));
        Assert.Equal(AppendFailure.Closed, await FailureAsync(journal.UnsealAsync()));
    }

    [Fact]
    public async Task A_faulted_journal_says_so()
    {
        var folder = new FaultFolder();
        await using var journal = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 1);
        folder.FailSyncAt = folder.Changes + 2;
        var append = journal.AppendAsync(EntryKind.Write, SmallJournal.Payload(1));
        var sealing = journal.SealAsync();

        Assert.Equal(AppendFailure.Ambiguous, await FailureAsync(append));
        Assert.Equal(AppendFailure.Faulted, await FailureAsync(sealing));
        await journal.Faulted.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(AppendFailure.Faulted, await FailureAsync(journal.SealAsync()));
    }

    private static async Task<List<long>> AppendUntilSealedAsync(Journal journal)
    {
        var succeeded = new List<long>();
        try
        {
            while (true)
            {
                succeeded.Add((await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), new byte[20]))).Sequence);
            }
        }
        catch (JournalAppendException e) when (e.Failure == AppendFailure.Sealed)
        {
            return succeeded;
        }
    }

    private static async Task<AppendFailure> FailureAsync(Task append) =>
        (await Assert.ThrowsAsync<JournalAppendException>(() => append.WaitAsync(TimeSpan.FromSeconds(30), Cancellation))).Failure;
}
