using System.Text;
using TeeChain.Protocol.Frames;

namespace TeeProxy.Hop;

/// <summary>One connection of the hop: frames both ways over a duplex stream. Disposing it closes the connection.</summary>
internal sealed class HopStream(Stream stream) : IAsyncDisposable
{
    /// <summary>How long the three frames of an opening may take.</summary>
    public static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(5);

    public FrameReader Reader { get; } = new(stream);

    public FrameWriter Writer { get; } = new(stream);

    /// <summary>The next frame, which must be of <paramref name="type"/>.</summary>
    /// <exception cref="HopRefusedException">The peer closed with a reason instead.</exception>
    /// <exception cref="IOException">The stream ended, or something else came.</exception>
    public async Task<ReadOnlyMemory<byte>> ExpectAsync(FrameType type, CancellationToken cancellation)
    {
        var frame = await Reader.ReadAsync(cancellation) ?? throw new EndOfStreamException("The peer closed the stream during the opening.");
        if (frame.Type == FrameType.Close)
        {
            throw Refusal(frame.Payload.Span);
        }

        return frame.Type == type ? frame.Payload : throw new DamagedFrameException($"a {frame.Type} frame where {type} was due");
    }

    /// <summary>Says why, and that this is the end. A peer that does not listen is not waited for.</summary>
    public async Task CloseAsync(string verdict, string reason)
    {
        byte[] frame = [.. new byte[FrameCodec.HeaderBytes], .. Encoding.UTF8.GetBytes($"{verdict}: {reason}")];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await Writer.WriteAsync(FrameType.Close, frame, patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone; it will ask again.
        }
    }

    /// <summary>What a CLOSE frame says.</summary>
    public static HopRefusedException Refusal(ReadOnlySpan<byte> payload)
    {
        var text = Encoding.UTF8.GetString(payload);
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? new HopRefusedException("Closed", text) : new HopRefusedException(text[..colon], text[(colon + 2)..]);
    }

    public ValueTask DisposeAsync()
    {
        Writer.Dispose();
        return stream.DisposeAsync();
    }
}
