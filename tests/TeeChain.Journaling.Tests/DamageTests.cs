using TeeChain.Journaling.Cursors;
using TeeChain.Journaling.Recovery;
using TeeChain.Journaling.Segments;
using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>Tears are cut, damage is found, and neither is taken for the other.</summary>
public class DamageTests
{
    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public async Task A_last_batch_torn_at_any_byte_is_cut_behind_its_last_whole_record(byte rest)
    {
        var roomy = SmallJournal.Options with { SegmentBytes = 16384 };
        var folder = new FaultFolder();
        var journal = Journal.Open(folder, roomy);
        await SmallJournal.AppendAsync(journal, 5);
        long batchStart = JournalInspection.Check(folder).Segments[0].End;
        await SmallJournal.ReceiveAsync(journal, await RecordsAsync(5, 3), 8);
        long batchEnd = JournalInspection.Check(folder).Segments[0].End;
        byte[] whole = [.. folder.Bytes("00000000000000000001.segment")];
        var killed = folder.AfterCrash(CrashMode.Kept);
        var ends = new HashSet<long>();

        for (long length = batchStart; length <= batchEnd; length++)
        {
            byte[] torn = [.. whole];
            torn.AsSpan((int)length..(int)batchEnd).Fill(rest);
            killed.Put("00000000000000000001.segment", torn);
            await using var recovered = Journal.Open(killed, roomy);

            SmallJournal.AssertHolds(recovered, recovered.Last.Sequence);
            ends.Add(recovered.Last.Sequence);
            Assert.True(length < batchEnd ? recovered.Last.Sequence is >= 5 and < 8 : recovered.Last.Sequence == 8);
            Assert.Null(JournalInspection.Check(killed).Tail);
        }

        Assert.Equal([5, 6, 7, 8], ends.Order());
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task Any_flipped_bit_of_a_closed_journal_is_found_or_changes_nothing()
    {
        var folder = new FaultFolder();
        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await SmallJournal.AppendAsync(journal, 12);
            journal.SaveCursor(new(11, default, new byte[9]));
        }

        var sound = JournalInspection.Check(folder);
        Assert.Equal(2, sound.Segments.Count);
        int found = 0;
        foreach (string name in folder.List())
        {
            // Of the cursor file's long zeros, one bit a byte is enough to flip; of everything else, each.
            int stepBits = name == CursorFile.Name ? 7 : 1;
            byte[] bytes = folder.Bytes(name);
            Parallel.For(0, bytes.Length * 8 / stepBits, () => folder.AfterCrash(CrashMode.Lost), (step, _, copy) =>
            {
                int bit = step * stepBits;
                byte[] flipped = [.. bytes];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                copy.Put(name, flipped);
                var report = JournalInspection.Check(copy);
                copy.Put(name, bytes);
                Assert.True(!report.IsSound || (report.Last == sound.Last && report.Records == 12 && report.Cursor.Equals(sound.Cursor)), $"{name}, bit {bit}: {report.Last}, cursor {report.Cursor}");
                Interlocked.Add(ref found, report.IsSound ? 0 : 1);
                return copy;
            }, _ => { });
        }

        long used = sound.Segments.Sum(segment => segment.End) - (Mark.LeastBytes * 2);
        Assert.True(found > used * 8 * 9 / 10, $"only {found} flips were found");
    }

    [Fact]
    public async Task A_flipped_bit_in_a_committed_record_stops_the_start_with_file_and_offset_and_changes_nothing()
    {
        var folder = new FaultFolder();
        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await SmallJournal.AppendAsync(journal, 3);
        }

        const string Name = "00000000000000000001.segment";
        byte[] bytes = [.. folder.Bytes(Name)];
        bytes[SegmentHeader.Bytes + Mark.LeastBytes + RecordCodec.HeaderBytes + 3] ^= 1;
        folder.Put(Name, bytes);

        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(folder, SmallJournal.Options));

        Assert.EndsWith(Name, error.Path, StringComparison.Ordinal);
        Assert.Equal(SegmentHeader.Bytes + Mark.LeastBytes, error.Offset);
        Assert.Contains("payload of record 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, folder.Bytes(Name));
        Assert.Throws<JournalDamagedException>(() => Journal.Open(folder, SmallJournal.Options)); // and the lock is free again
    }

    [Fact]
    public async Task A_bad_last_record_is_damage_when_the_cursor_has_passed_it()
    {
        var folder = new FaultFolder();
        var journal = Journal.Open(folder, SmallJournal.Options);
        await SmallJournal.AppendAsync(journal, 3);
        journal.SaveCursor(new(2, new byte[] { 1 }, default));
        var killed = folder.AfterCrash(CrashMode.Kept);
        byte[] bytes = [.. killed.Bytes("00000000000000000001.segment")];
        bytes[JournalInspection.Check(killed).Segments[0].End - 1] ^= 1;
        killed.Put("00000000000000000001.segment", bytes);

        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(killed, SmallJournal.Options));

        Assert.Contains("cursor", error.Message, StringComparison.Ordinal);
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task A_cursor_beyond_the_journal_stops_the_start()
    {
        var folder = new FaultFolder();
        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await SmallJournal.AppendAsync(journal, 2);
        }

        var older = folder.AfterCrash(CrashMode.Lost);
        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await SmallJournal.AppendAsync(journal, 2);
            journal.SaveCursor(new(3, new byte[] { 1 }, default));
        }

        older.Put(CursorFile.Name, folder.Bytes(CursorFile.Name));

        var error = Assert.Throws<CursorBeyondJournalException>(() => Journal.Open(older, SmallJournal.Options));

        Assert.Equal((4, 2), (error.Cursor, error.Last));
    }

    [Theory]
    [InlineData(JournalIdentity.Name)]
    [InlineData("00000000000000000001.segment")]
    public async Task A_missing_file_stops_the_start(string name)
    {
        var folder = new FaultFolder();
        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await SmallJournal.AppendAsync(journal, 12);
        }

        await using (var journal = Journal.Open(folder, SmallJournal.Options))
        {
            await SmallJournal.AppendAsync(journal, 12);
        }

        var names = folder.List().Where(file => file.EndsWith(".segment", StringComparison.Ordinal)).ToList();
        folder.Delete(name == JournalIdentity.Name ? name : names[1]);

        Assert.Throws<JournalDamagedException>(() => Journal.Open(folder, SmallJournal.Options));
    }

    [Fact]
    public async Task The_old_records_of_a_recycled_segment_never_come_back()
    {
        var options = SmallJournal.Options with { Retain = TimeSpan.Zero };
        var folder = new FaultFolder();
        var journal = Journal.Open(folder, options);
        byte[] body = [.. Enumerable.Repeat((byte)0x55, 400)]; // records of one size: an old one begins right behind a new one
        int recycled = 0;

        for (int i = 1; i <= 120; i++)
        {
            await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, body));
            journal.Release(journal.Last.Sequence);
            var killed = folder.AfterCrash(i % 2 == 0 ? CrashMode.Lost : CrashMode.Kept);
            recycled += JournalInspection.Check(killed).Tail is { NonZeroBytes: > 400 } ? 1 : 0;
            await using var recovered = Journal.Open(killed, options);

            Assert.Equal(journal.Last, recovered.Last);
        }

        Assert.True(recycled > 50, $"{recycled} of 120 times there were old records behind the end");
        await journal.DisposeAsync();
    }

    private static async Task<byte[]> RecordsAsync(int after, int count)
    {
        await using var head = Journal.Open(new FaultFolder(), SmallJournal.Options);
        await SmallJournal.AppendAsync(head, after + count);
        return SmallJournal.Raw(head, after);
    }
}
