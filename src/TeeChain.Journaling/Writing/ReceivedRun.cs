namespace TeeChain.Journaling.Writing;

/// <summary>Whole records as another node sent them, found good. Goes into one segment.</summary>
/// <param name="bytes">A copy of our own; or, where <see cref="IsBorrowed"/>, the sender's memory.</param>
internal sealed class ReceivedRun(ReadOnlyMemory<byte> bytes, JournalPosition @base, JournalPosition last, bool isBorrowed) : IPending
{
    public ReadOnlyMemory<byte> Records => bytes;

    /// <summary>The record that they must follow.</summary>
    public JournalPosition Base { get; } = @base;

    public JournalPosition Last { get; } = last;

    public long Bytes => bytes.Length;

    /// <summary>One long record, not copied: whoever gave it must leave it alone until it is committed.</summary>
    public bool IsBorrowed => isBorrowed;

    public bool IsLazy => false;

    /// <summary>
    /// Checks <paramref name="memory"/> as what follows <paramref name="position"/> and cuts it into runs of at most
    /// <paramref name="mostBytes"/>, or one larger record. Returns what is wrong; then there are no runs.
    /// </summary>
    public static string? TryCut(ReadOnlyMemory<byte> memory, JournalPosition position, int mostBytes, List<ReceivedRun> runs)
    {
        var records = memory.Span;
        int runStart = 0;
        var runBase = position;
        int at = 0;
        while (at < records.Length)
        {
            if (!RecordCodec.TryReadHeader(records[at..], out var header))
            {
                return Refuse($"byte {at} of {records.Length} does not begin a record");
            }

            if (header.WhyNotAfter(position) is { } wrong)
            {
                return Refuse(wrong);
            }

            if (header.TotalBytes > records.Length - at)
            {
                return Refuse($"record {header.Sequence} is not whole");
            }

            int length = (int)header.TotalBytes;
            if (Crc32C.Compute(records.Slice(at + RecordCodec.HeaderBytes, length - RecordCodec.HeaderBytes)) != header.PayloadCrc)
            {
                return Refuse($"the payload of record {header.Sequence} does not match its CRC");
            }

            if (at > runStart && at + length - runStart > mostBytes)
            {
                runs.Add(Of(memory[runStart..at], runBase, position, mostBytes));
                runStart = at;
                runBase = position;
            }

            position = header.Position;
            at += length;
        }

        if (at > runStart)
        {
            runs.Add(Of(memory[runStart..], runBase, position, mostBytes));
        }

        return null;

        string Refuse(string reason)
        {
            runs.Clear();
            return reason;
        }
    }

    private static ReceivedRun Of(ReadOnlyMemory<byte> bytes, JournalPosition @base, JournalPosition last, int mostBytes) =>
        bytes.Length > Math.Max(mostBytes, ReceivedIntake.MostPendingBytes) ? new(bytes, @base, last, isBorrowed: true) : new(bytes.ToArray(), @base, last, isBorrowed: false);
}
