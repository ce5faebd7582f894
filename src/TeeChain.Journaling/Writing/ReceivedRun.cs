namespace TeeChain.Journaling.Writing;

/// <summary>Whole records as another node sent them, found good, in a copy of our own. Goes into one segment.</summary>
internal sealed class ReceivedRun(byte[] bytes, JournalPosition @base, JournalPosition last) : IPending
{
    public ReadOnlyMemory<byte> Records => bytes;

    /// <summary>The record that they must follow.</summary>
    public JournalPosition Base { get; } = @base;

    public JournalPosition Last { get; } = last;

    public long Bytes => bytes.Length;

    public bool IsLazy => false;

    /// <summary>
    /// Checks <paramref name="records"/> as what follows <paramref name="position"/> and cuts it into runs of at most
    /// <paramref name="mostBytes"/>, or one larger record. Returns what is wrong; then there are no runs.
    /// </summary>
    public static string? TryCut(ReadOnlySpan<byte> records, JournalPosition position, int mostBytes, List<ReceivedRun> runs)
    {
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
                runs.Add(new(records[runStart..at].ToArray(), runBase, position));
                runStart = at;
                runBase = position;
            }

            position = header.Position;
            at += length;
        }

        if (at > runStart)
        {
            runs.Add(new(records[runStart..].ToArray(), runBase, position));
        }

        return null;

        string Refuse(string reason)
        {
            runs.Clear();
            return reason;
        }
    }
}
