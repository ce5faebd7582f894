using System.Buffers.Binary;
using TeeChain.Journaling.Cursors;
using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Recovery;

/// <summary>One walk over a segment's marks and records, every checksum checked, as far as they are good. Changes nothing.</summary>
internal sealed class SegmentScan
{
    private readonly ByteWindow _window = new();
    private readonly IFile _file;

    private SegmentScan(IFile file, SegmentHeader header)
    {
        _file = file;
        Header = header;
        Length = file.Length;
        Last = header.Base;
    }

    public SegmentHeader Header { get; }

    public IFile File => _file;

    public long Length { get; }

    /// <summary>Behind the last good item.</summary>
    public long End { get; private set; } = SegmentHeader.Bytes;

    /// <summary>The last good record, or the base.</summary>
    public JournalPosition Last { get; private set; }

    public long Records { get; private set; }

    public long Marks { get; private set; }

    /// <summary>Where the last good mark begins; everything before it was synced. Behind the header when there is none.</summary>
    public long LastMarkOffset { get; private set; } = SegmentHeader.Bytes;

    public VersionedCursor? Cursor { get; private set; }

    public long Passed { get; private set; }

    public List<(long Sequence, long Offset)> Points { get; } = [];

    /// <summary>Why the walk ended at <see cref="End"/>; null when it reached the end that it was given, or the file's.</summary>
    public string? StopReason { get; private set; }

    /// <param name="file">The segment.</param>
    /// <param name="header">Its header, found good.</param>
    /// <param name="next">Where the next segment begins, when there is one: the walk must get exactly there.</param>
    public static SegmentScan Run(IFile file, SegmentHeader header, JournalPosition? next)
    {
        var scan = new SegmentScan(file, header);
        scan.Walk(next);
        return scan;
    }

    /// <summary>The first good mark behind <see cref="End"/>: proof that the bytes before it were durable. Null when there is none.</summary>
    public long? FindMarkBehindEnd()
    {
        const int Step = 1 << 20;
        Span<byte> stamp = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(stamp, Header.Stamp);
        byte[] bytes = new byte[Math.Min(Step + Mark.MostBytes, Length - End)];
        for (long at = End; at < Length; at += Step)
        {
            var piece = bytes.AsSpan(0, _file.Read(at, bytes));
            for (int from = 0; piece[from..].IndexOf(stamp) is >= 0 and var hit; from += hit + 1)
            {
                int start = from + hit - Mark.StampOffset;
                if (start >= 0 && start < Step && Mark.ReadLength(piece[start..]) is { } length && start + length <= piece.Length
                    && Mark.TryRead(piece.Slice(start, length), Header, out _))
                {
                    return at + start;
                }
            }
        }

        return null;
    }

    /// <summary>Non-zero bytes behind <see cref="End"/>: a tear, or what a recycled file held before.</summary>
    public long CountBytesBehindEnd()
    {
        byte[] bytes = new byte[Math.Min(1 << 20, Length - End)];
        long count = 0;
        for (long at = End; at < Length; at += bytes.Length)
        {
            var piece = bytes.AsSpan(0, _file.Read(at, bytes));
            count += piece.Length - piece.Count((byte)0);
        }

        return count;
    }

    private void Walk(JournalPosition? next)
    {
        while (true)
        {
            bool isAtNext = next?.Sequence == Last.Sequence;
            if (isAtNext && next != Last)
            {
                StopReason = $"ends with {Last}, but the next segment follows {next}";
                return;
            }

            string? wrong = Length - End < Mark.LeastBytes && Length - End < RecordCodec.HeaderBytes ? "the file ends" : Step(isAtNext);
            if (wrong is not null)
            {
                StopReason = isAtNext ? null : wrong;
                return;
            }
        }
    }

    /// <summary>Takes the item at <see cref="End"/>; returns what is wrong with it.</summary>
    private string? Step(bool marksOnly)
    {
        var start = _window.Read(_file, End, (int)Math.Min(RecordCodec.HeaderBytes, Length - End), Length).Span;
        return BinaryPrimitives.ReadUInt32LittleEndian(start) switch
        {
            Mark.Magic => TakeMark(start),
            RecordCodec.Magic when !marksOnly => TakeRecord(start),
            0 => "zeros",
            _ => "neither a record nor a mark",
        };
    }

    private string? TakeMark(ReadOnlySpan<byte> start)
    {
        if (Mark.ReadLength(start) is not { } length || End + length > Length
            || !Mark.TryRead(_window.Read(_file, End, length, Length).Span, Header, out var mark))
        {
            return "a bad mark";
        }

        if (mark.Synced.Sequence != Last.Sequence || mark.Synced.Crc != Last.Crc)
        {
            return $"a mark that follows record {mark.Synced.Sequence} stands behind record {Last.Sequence}";
        }

        Marks++;
        LastMarkOffset = End;
        Passed = Math.Max(Passed, mark.Passed);
        Cursor = mark.Cursor ?? Cursor;
        End += length;
        return null;
    }

    private string? TakeRecord(ReadOnlySpan<byte> start)
    {
        if (!RecordCodec.TryReadHeader(start, out var header))
        {
            return "a bad record header";
        }

        if (header.WhyNotAfter(Last) is { } wrong)
        {
            return wrong;
        }

        if (End + header.TotalBytes > Length)
        {
            return $"record {header.Sequence} is longer than the file";
        }

        uint crc = 0;
        for (long at = End + RecordCodec.HeaderBytes, end = End + header.TotalBytes; at < end;)
        {
            var piece = _window.ReadSome(_file, at, (int)Math.Min(end - at, 1 << 20), Length);
            crc = Crc32C.Append(crc, piece);
            at += piece.Length;
        }

        if (crc != header.PayloadCrc)
        {
            return $"the payload of record {header.Sequence} does not match its CRC";
        }

        if (Points.Count == 0 || End - Points[^1].Offset >= 64 << 10)
        {
            Points.Add((header.Sequence, End));
        }

        Records++;
        Last = header.Position;
        End += header.TotalBytes;
        return null;
    }
}
