namespace TeeChain.Protocol.Frames;

/// <summary>Writes frames to one stream, whole and one after the other whoever calls: heartbeats pass between entries.</summary>
public sealed class FrameWriter(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Seals and writes <paramref name="frame"/>: <see cref="FrameCodec.HeaderBytes"/> of room, then the payload.</summary>
    /// <exception cref="IOException">The connection broke; part of the frame may have left.</exception>
    public async ValueTask WriteAsync(FrameType type, Memory<byte> frame, CancellationToken cancellation)
    {
        FrameCodec.Seal(frame.Span, type);
        await _turn.WaitAsync(cancellation);
        try
        {
            await stream.WriteAsync(frame, cancellation);
            await stream.FlushAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
