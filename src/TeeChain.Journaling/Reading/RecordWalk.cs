using System.Buffers.Binary;
using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Reading;

/// <summary>Goes from record to record over the committed part of the segments, keeping the one it is in pinned. One thread at a time.</summary>
internal sealed class RecordWalk : IDisposable
{
    private readonly SegmentList _segments;
    private readonly ByteWindow _window = new();
    private bool _isDisposed;

    private RecordWalk(SegmentList segments, Segment segment, long offset)
    {
        _segments = segments;
        Segment = segment;
        Offset = offset;
    }

    public SegmentList Segments => _segments;

    public Segment Segment { get; private set; }

    /// <summary>Where the next item begins, or where the caller left off inside a record.</summary>
    public long Offset { get; private set; }

    /// <summary>A walk whose next record is the one behind <paramref name="sequence"/>; null when that is no longer kept.</summary>
    public static RecordWalk? OpenAfter(SegmentList segments, long sequence)
    {
        if (segments.PinAfter(sequence) is not { } segment)
        {
            return null;
        }

        var walk = new RecordWalk(segments, segment, segment.Index.TryFloor(sequence + 1, out long offset) ? offset : SegmentHeader.Bytes);
        try
        {
            while (walk.TryPeek(out var header) && header.Sequence <= sequence)
            {
                walk.Advance(header.TotalBytes);
            }

            return walk;
        }
        catch
        {
            walk.Dispose();
            throw;
        }
    }

    /// <summary>The next committed record, past marks and ends of segments; false when there is none yet.</summary>
    public bool TryPeek(out RecordHeader header)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        while (true)
        {
            bool isSealed = Segment.IsSealed; // read before the end: a sealed segment's end is final
            long end = Segment.CommittedEnd;
            if (Offset >= end)
            {
                header = default;
                if (!isSealed || _segments.PinNext(Segment) is not { } next)
                {
                    return false;
                }

                _segments.Unpin(Segment);
                Segment = next;
                Offset = SegmentHeader.Bytes;
                continue;
            }

            var start = Read(Offset, (int)Math.Min(RecordCodec.HeaderBytes, end - Offset)).Span;
            if (RecordCodec.TryReadHeader(start, out header) && Offset + header.TotalBytes <= end)
            {
                return true;
            }

            Offset += BinaryPrimitives.ReadUInt32LittleEndian(start) == Mark.Magic && Mark.ReadLength(start) is { } length && Offset + length <= end
                ? length
                : throw Damaged("neither a good record nor a mark");
        }
    }

    public void Advance(long bytes) => Offset += bytes;

    public ReadOnlyMemory<byte> Read(long offset, int count) => _window.Read(Segment.File, offset, count, Segment.CommittedEnd);

    public ReadOnlySpan<byte> ReadSome(int most) => _window.ReadSome(Segment.File, Offset, most, Segment.CommittedEnd);

    public JournalDamagedException Damaged(string what) => new(Segment.Name, Offset, what);

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _segments.Unpin(Segment);
        }
    }
}
