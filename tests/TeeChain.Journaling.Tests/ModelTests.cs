using FsCheck;
using FsCheck.Fluent;
using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>Random runs against a model that is a list and a number.</summary>
public class ModelTests
{
    [Fact]
    public void A_journal_behaves_like_a_list_through_appends_releases_restarts_and_crashes()
    {
        var run = Gen.Choose(0, 9999).ArrayOf().ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(80), Prop.ForAll(run, steps => Task.Run(() => RunAsync(steps)).GetAwaiter().GetResult()));
    }

    [Fact]
    public void The_raw_stream_makes_the_same_journal_elsewhere_however_it_is_cut()
    {
        var run = Gen.Choose(1, 3000).NonEmptyListOf().ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(run, sizes => Task.Run(() => ReplicateAsync([.. sizes])).GetAwaiter().GetResult()));
    }

    private static async Task<bool> RunAsync(int[] steps)
    {
        var options = SmallJournal.Options with { MaxBytes = 1 << 20, Retain = TimeSpan.Zero };
        var folder = new FaultFolder();
        var journal = Journal.Open(folder, options);
        var model = new List<byte[]>();
        long passed = 0;
        long cursor = 0;
        foreach (int step in steps)
        {
            switch (step % 10)
            {
                case 6:
                    passed = Math.Max(passed, model.Count - (step % 7));
                    journal.Release(passed);
                    break;
                case 7:
                    cursor = Math.Max(cursor, model.Count - (step % 5));
                    journal.SaveCursor(new(cursor, default, new byte[step % 50]));
                    break;
                case 8:
                    await journal.DisposeAsync();
                    journal = Journal.Open(folder, options);
                    Assert.Equal(cursor, journal.Cursor.Watermark);
                    break;
                case 9:
                    var old = journal;
                    folder = folder.AfterCrash((CrashMode)(step / 10 % 3), step);
                    journal = Journal.Open(folder, options);
                    Assert.InRange(journal.Cursor.Watermark, 0, cursor);
                    cursor = journal.Cursor.Watermark;
                    await old.DisposeAsync();
                    break;
                default:
                    byte[] body = new byte[step];
                    new Random(step).NextBytes(body);
                    var position = await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(default, body));
                    model.Add(body);
                    Assert.Equal(model.Count, position.Sequence);
                    break;
            }

            AssertSame(journal, model, passed);
        }

        await journal.DisposeAsync();
        return true;
    }

    private static void AssertSame(Journal journal, List<byte[]> model, long passed)
    {
        Assert.Equal(model.Count, journal.Last.Sequence);
        Assert.InRange(journal.Base.Sequence, 0, Math.Max(passed, 0));
        using var reader = journal.OpenReader(journal.Base.Sequence);
        for (long sequence = journal.FirstSequence; sequence <= model.Count; sequence++)
        {
            Assert.True(reader.TryRead(out var entry));
            Assert.True(entry.Body.Span.SequenceEqual(model[(int)sequence - 1]));
            Assert.True(journal.TryGetPosition(sequence, out var position) && position == entry.Position);
        }

        Assert.False(reader.TryRead(out _));
    }

    private static async Task<bool> ReplicateAsync(int[] sizes)
    {
        var options = SmallJournal.Options with { MaxBytes = 1 << 24 };
        await using var head = Journal.Open(new FaultFolder(), options);
        await using var replica = Journal.Open(new FaultFolder(), options);
        foreach (int size in sizes)
        {
            await head.AppendAsync(EntryKind.Write, EntryPayload.InMemory(new byte[size % 30], new byte[size]));
        }

        byte[] raw;
        using (var reader = head.OpenReader(0))
        {
            using var stream = new MemoryStream();
            byte[] buffer = new byte[sizes[0]];
            while (reader.ReadRaw(buffer) is > 0 and var count)
            {
                stream.Write(buffer, 0, count);
            }

            raw = stream.ToArray();
        }

        int start = 0;
        for (int i = 0, at = 0; at < raw.Length; i++)
        {
            Assert.True(RecordCodec.TryReadHeader(raw.AsSpan(at), out var header));
            at += (int)header.TotalBytes;
            if (sizes[i] % 3 == 0 || at == raw.Length)
            {
                Assert.Equal(ReceiveResult.Accepted, await replica.AppendReceivedAsync(raw.AsMemory(start, at - start), default));
                start = at;
            }
        }

        await SmallJournal.AwaitAsync(replica, sizes.Length);

        Assert.Equal(head.Last, replica.Last);
        Assert.Equal(raw, SmallJournal.Raw(replica, 0));
        return true;
    }
}
