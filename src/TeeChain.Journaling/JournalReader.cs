using TeeChain.Journaling.Reading;
using TeeChain.Journaling.Writing;

namespace TeeChain.Journaling;

/// <summary>
/// Reads what is committed, in order. One thread at a time. Its segment is kept until it has gone on or is disposed.
/// Use either <see cref="TryRead"/> or <see cref="ReadRaw"/> on one reader, never both.
/// </summary>
public sealed class JournalReader : IDisposable
{
    private const int MostBodyInMemoryBytes = 256 << 10;

    private readonly RecordWalk _walk;
    private readonly CommitSignal _signal;
    private readonly CommitWaiter _waiter;
    private RecordHeader _raw;
    private long _rawLeft;
    private uint _rawCrc;

    internal JournalReader(RecordWalk walk, CommitSignal signal, long position, bool goesFirst = false)
    {
        _walk = walk;
        _signal = signal;
        _waiter = new CommitWaiter(goesFirst);
        Position = position;
    }

    /// <summary>The sequence of the last record passed.</summary>
    public long Position { get; private set; }

    /// <summary>The sequence of the last record whose final byte <see cref="ReadRaw"/> has returned.</summary>
    public long RawSequence => Position;

    /// <summary>
    /// Until something is readable. False when the journal is closed and everything was read; throws
    /// <see cref="JournalFaultedException"/> when it faulted and everything was read. One wait at a time.
    /// </summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellation);
        }

        _signal.Begin(_waiter, Position, cancellation);
        return new(_waiter, _waiter.Version);
    }

    /// <summary>The next entry; false when nothing is committed beyond. Throws <see cref="JournalDamagedException"/>.</summary>
    public bool TryRead(out JournalEntry entry)
    {
        entry = null!;
        if (!TryNext(out var header))
        {
            return false;
        }

        bool isInMemory = header.BodyBytes <= MostBodyInMemoryBytes;
        int payloadBytes = header.HeadBytes + (isInMemory ? header.BodyBytes : 0);
        var payload = _walk.Read(_walk.Offset, RecordCodec.HeaderBytes + payloadBytes)[RecordCodec.HeaderBytes..];
        if (isInMemory && Crc32C.Compute(payload.Span) != header.PayloadCrc)
        {
            throw _walk.Damaged($"the payload of record {header.Sequence} does not match its CRC");
        }

        long bodyOffset = _walk.Offset + RecordCodec.HeaderBytes + header.HeadBytes;
        ReadOnlyMemory<byte>? body = isInMemory ? (ReadOnlyMemory<byte>?)payload[header.HeadBytes..] : null; // a bare null would become an empty memory
        entry = new(_walk.Segments, _walk.Segment, header, bodyOffset, payload[..header.HeadBytes], body);
        _walk.Advance(header.TotalBytes);
        Position = header.Sequence;
        return true;
    }

    /// <summary>
    /// The next bytes of the pure record stream, as another node appends them; a record may be split over calls. 0 when
    /// nothing is committed beyond. A record that does not match its CRC throws <see cref="JournalDamagedException"/>
    /// before its last byte is returned.
    /// </summary>
    public int ReadRaw(Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length && (_rawLeft > 0 || BeginRaw()))
        {
            var piece = _walk.ReadSome((int)Math.Min(buffer.Length - done, _rawLeft));
            AddToCrc(piece);
            piece.CopyTo(buffer[done..]);
            _rawLeft -= piece.Length;
            if (_rawLeft == 0 && _rawCrc != _raw.PayloadCrc)
            {
                throw _walk.Damaged($"the payload of record {_raw.Sequence} does not match its CRC");
            }

            _walk.Advance(piece.Length);
            done += piece.Length;
            Position = _rawLeft == 0 ? _raw.Sequence : Position;
        }

        return done;
    }

    public void Dispose() => _walk.Dispose();

    private bool BeginRaw()
    {
        if (!TryNext(out _raw))
        {
            return false;
        }

        _rawLeft = _raw.TotalBytes;
        _rawCrc = 0;
        return true;
    }

    private void AddToCrc(ReadOnlySpan<byte> piece)
    {
        long headerLeft = _rawLeft - (_raw.TotalBytes - RecordCodec.HeaderBytes);
        _rawCrc = Crc32C.Append(_rawCrc, piece[(int)Math.Clamp(headerLeft, 0, piece.Length)..]);
    }

    private bool TryNext(out RecordHeader header)
    {
        if (!_walk.TryPeek(out header))
        {
            return false;
        }

        return header.Sequence == Position + 1
            ? true
            : throw _walk.Damaged($"record {header.Sequence} stands where {Position + 1} should");
    }
}
