namespace TeeChain.Protocol.Frames;

/// <summary>Reads frames off one stream. One reader a stream, one read at a time.</summary>
public sealed class FrameReader(Stream stream)
{
    private const int FirstBufferBytes = 16 * 1024;

    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;

    /// <summary>The next frame, or null when the peer closed between two frames.</summary>
    /// <exception cref="DamagedFrameException">The bytes are no frame.</exception>
    /// <exception cref="EndOfStreamException">The stream ended inside a frame.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(FrameCodec.HeaderBytes, cancellation))
        {
            return null;
        }

        var (length, type) = FrameCodec.ReadHeader(_buffer.AsSpan(_start, FrameCodec.HeaderBytes));
        if (!await FillAsync(FrameCodec.HeaderBytes + length, cancellation))
        {
            throw new EndOfStreamException("The stream ended inside a frame.");
        }

        var header = _buffer.AsSpan(_start, FrameCodec.HeaderBytes);
        var payload = _buffer.AsMemory(_start + FrameCodec.HeaderBytes, length);
        FrameCodec.Verify(header, payload.Span);
        _start += FrameCodec.HeaderBytes + length;
        return new Frame(type, payload);
    }

    /// <summary>Makes <paramref name="count"/> bytes stand in the buffer; false when the stream ended before the first of them.</summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellation)
    {
        while (_end - _start < count)
        {
            MakeRoom(count);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
            {
                return _end == _start ? false : throw new EndOfStreamException("The stream ended inside a frame.");
            }

            _end += read;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_buffer.Length - _start >= count && _end < _buffer.Length)
        {
            return;
        }

        var target = _buffer.Length >= count ? _buffer : new byte[FrameCodec.HeaderBytes + FrameCodec.MaxPayloadBytes];
        Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
        (_buffer, _start, _end) = (target, 0, _end - _start);
    }
}
