using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Reading;

/// <summary>A body straight from its segment, which stays pinned until this is disposed. The checksum is checked at the end.</summary>
internal sealed class BodyStream(SegmentList segments, Segment segment, long offset, long length, uint headCrc, uint payloadCrc) : Stream
{
    private uint _crc = headCrc;
    private long _position;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        buffer = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int count = segment.File.Read(offset + _position, buffer);
        _crc = Crc32C.Append(_crc, buffer[..count]);
        _position += count;
        return count == 0 || (_position == length && _crc != payloadCrc)
            ? throw new JournalDamagedException(segment.Name, offset, "a body does not match its CRC")
            : count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span)); // from the page cache as a rule; a thread hand-off would cost more
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            segments.Unpin(segment);
        }

        base.Dispose(disposing);
    }
}
