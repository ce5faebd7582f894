using System.Security.Cryptography;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

/// <summary>A predecessor whose every frame a test writes itself.</summary>
internal sealed class HandPredecessor(HopDialer dialer, HopStream stream, OpeningAnswer? answer) : IAsyncDisposable
{
    public HopStream Stream => stream;

    /// <summary>Null when the successor's proof was wrong.</summary>
    public OpeningAnswer? Answer => answer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A fresh node before any chain.</summary>
    public static Opening Fresh(HopNode successor)
    {
        var node = Guid.NewGuid();
        return successor.Openings.Open(successor.Member.Standing.Current, OpeningPurpose.Stream) with
        {
            Node = node,
            Journal = Guid.NewGuid(),
            Address = "by hand",
            Chain = null,
            Epoch = 0,
            Path = [node],
            Base = default,
            Last = default,
        };
    }

    public static async Task<HandPredecessor> OpenAsync(HopNode successor, Opening opening)
    {
        var dialer = new HopDialer();
        var stream = new HopStream(await dialer.DialAsync(successor.Address, Cancellation));
        var codec = new OpeningCodec(System.Text.Encoding.UTF8.GetBytes(HopNode.Secret));
        var theirs = (await stream.ExpectAsync(FrameType.Challenge, Cancellation)).ToArray();
        var ours = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);
        await stream.Writer.WriteAsync(FrameType.Open, codec.WriteOpening(opening, theirs, ours), Cancellation);
        return new HandPredecessor(dialer, stream, codec.ReadAnswer((await stream.ExpectAsync(FrameType.Answer, Cancellation)).Span, theirs, ours));
    }

    public ValueTask SendAsync(FrameType type, ReadOnlySpan<byte> payload) =>
        stream.Writer.WriteAsync(type, (byte[])[.. new byte[FrameCodec.HeaderBytes], .. payload], Cancellation);

    /// <summary>Reads on until the successor closes; the reason it gave, or null.</summary>
    public async Task<string?> EndAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Eventually.Deadline);
        try
        {
            while (await stream.Reader.ReadAsync(deadline.Token) is { } frame)
            {
                if (frame.Type == FrameType.Close)
                {
                    return System.Text.Encoding.UTF8.GetString(frame.Payload.Span);
                }
            }
        }
        catch (IOException)
        {
            // Cut without a word.
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        dialer.Dispose();
    }
}
