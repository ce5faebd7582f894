using TeeChain.Journaling.Tests.Faults;

namespace TeeChain.Journaling.Tests;

/// <summary>
/// A fixed run over a folder: appends, batches from a predecessor, saved cursors, releases, recycled segments, an entry
/// larger than a segment, a clean restart. It notes what was acknowledged, up to where the folder crashes or refuses.
/// </summary>
internal sealed class ScriptedRun
{
    public const int Entries = 44;

    private static readonly CancellationToken Never = CancellationToken.None;

    /// <summary>The last record whose commit was acknowledged.</summary>
    public long Acknowledged { get; private set; }

    public long Released { get; private set; }

    /// <summary>The last cursor that was saved, whether or not the journal still is.</summary>
    public long Cursor { get; private set; }

    /// <summary>The cursor that was saved before the last acknowledged batch was given to the journal.</summary>
    public long DurableCursor { get; private set; }

    public static JournalOptions Options => new()
    {
        SegmentBytes = 4096,
        MaxBytes = 16 * 4096,
        Retain = TimeSpan.Zero,
        MinSyncInterval = TimeSpan.Zero,
        KeeperInline = true,
        TimeProvider = new ManualTime(),
    };

    public static byte[] Body(long sequence)
    {
        byte[] body = new byte[sequence == 21 ? 9000 : 300 + (sequence % 5 * 90)];
        new Random((int)sequence).NextBytes(body);
        return body;
    }

    /// <summary>Ends quietly where the folder crashes; what it had is in the properties.</summary>
    public async Task RunAsync(FaultFolder folder, JournalOptions? options = null)
    {
        options ??= Options;
        try
        {
            for (long until = Entries / 2; until <= Entries; until += Entries / 2)
            {
                await using var journal = Journal.Open(folder, options);
                while (Acknowledged < until)
                {
                    await StepAsync(journal);
                }
            }
        }
        catch (IOException)
        {
            // A crash, a fault or a full disk: the caller knows which.
        }
    }

    /// <summary>Appends the next record, or the next three as another node sends them.</summary>
    public async Task StepAsync(Journal journal)
    {
        long saved = Cursor;
        long next = Acknowledged + 1;
        if (next % 4 == 2)
        {
            long last = Math.Min(next + 2, next <= Entries / 2 ? Entries / 2 : Entries);
            var result = await journal.AppendReceivedAsync(Records(journal.Last, last), Never);
            if (!result.IsAccepted)
            {
                throw new IOException(result.ToString());
            }

            await SmallJournal.AwaitAsync(journal, last);
        }
        else
        {
            await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /"u8.ToArray(), Body(next)));
        }

        (Acknowledged, DurableCursor) = (journal.Last.Sequence, saved);
        journal.SaveCursor(new(Acknowledged - 1, new byte[] { 1 }, new byte[7]));
        Cursor = Acknowledged - 1;
        Released = Acknowledged - 2;
        journal.Release(Released);
    }

    /// <summary>Records as the head would have made them.</summary>
    private static byte[] Records(JournalPosition after, long last)
    {
        using var stream = new MemoryStream();
        for (long sequence = after.Sequence + 1; sequence <= last; sequence++)
        {
            byte[] head = "POST /"u8.ToArray();
            byte[] body = Body(sequence);
            uint payloadCrc = Crc32C.Append(Crc32C.Compute(head), body);
            byte[] header = new byte[RecordCodec.HeaderBytes];
            uint crc = RecordCodec.Write(header, new(EntryKind.Write, head.Length, body.Length, sequence, after.Epoch, 1, after.Crc, payloadCrc, 0));
            stream.Write([.. header, .. head, .. body]);
            after = new(sequence, after.Epoch, crc);
        }

        return stream.ToArray();
    }
}
