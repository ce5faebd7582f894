using TeeChain.Journaling.Reading;
using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling;

/// <summary>A committed record. Its memory is the reader's and valid until the reader's next call; a stream from <see cref="OpenBody"/> is not.</summary>
public sealed class JournalEntry
{
    private readonly SegmentList _segments;
    private readonly Segment _segment;
    private readonly RecordHeader _header;
    private readonly long _bodyOffset;
    private readonly ReadOnlyMemory<byte>? _body;

    internal JournalEntry(SegmentList segments, Segment segment, RecordHeader header, long bodyOffset, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte>? body)
    {
        _segments = segments;
        _segment = segment;
        _header = header;
        _bodyOffset = bodyOffset;
        Head = head;
        _body = body;
    }

    public EntryKind Kind => _header.Kind;

    public long Sequence => _header.Sequence;

    public long Epoch => _header.Epoch;

    /// <summary>When the head took it, by the head's clock. Never for order.</summary>
    public DateTimeOffset Time => _header.Time;

    public uint Crc => _header.Crc;

    public uint PreviousCrc => _header.PreviousCrc;

    public JournalPosition Position => _header.Position;

    public ReadOnlyMemory<byte> Head { get; }

    public long BodyLength => _header.BodyBytes;

    public bool BodyInMemory => _body.HasValue;

    /// <summary>Throws <see cref="InvalidOperationException"/> unless <see cref="BodyInMemory"/>.</summary>
    public ReadOnlyMemory<byte> Body => _body ?? throw new InvalidOperationException($"The body of record {Sequence} is too large for memory; open it as a stream.");

    /// <summary>
    /// The body from the file. To be called before the reader's next call; the stream itself outlives it, keeps the
    /// segment from being recycled until it is disposed, and throws <see cref="JournalDamagedException"/> at the end of a body that does not match its CRC.
    /// </summary>
    public Stream OpenBody() =>
        new BodyStream(_segments, _segments.Pin(_segment), _bodyOffset, BodyLength, Crc32C.Compute(Head.Span), _header.PayloadCrc);
}
