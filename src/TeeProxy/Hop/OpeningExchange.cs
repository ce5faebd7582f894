using System.Security.Cryptography;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>The three frames of an opening, on either side (<see cref="OpeningCodec"/>).</summary>
internal sealed class OpeningExchange(OpeningCodec codec)
{
    /// <summary>Opens, and returns the other's answer, whatever its verdict.</summary>
    /// <param name="peer">For the message.</param>
    /// <exception cref="HopRefusedException">The other closed instead, or does not share the secret.</exception>
    /// <exception cref="IOException">The stream ended, or what came is no answer.</exception>
    public async Task<OpeningAnswer> OpenAsync(HopStream stream, Opening opening, string peer, CancellationToken cancellation)
    {
        var theirs = OpeningCodec.ReadChallenge((await stream.ExpectAsync(FrameType.Challenge, cancellation)).Span);
        var ours = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);
        await stream.Writer.WriteAsync(FrameType.Open, codec.WriteOpening(opening, theirs, ours), cancellation);
        return codec.ReadAnswer((await stream.ExpectAsync(FrameType.Answer, cancellation)).Span, theirs, ours) ?? throw Stranger(peer);
    }

    /// <summary>Waits for an opening. The function that comes with it sends the answer.</summary>
    public async Task<(Opening Opening, Func<OpeningAnswer, CancellationToken, ValueTask> Answer)> ReceiveAsync(HopStream stream, string peer, CancellationToken cancellation)
    {
        var ours = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);
        await stream.Writer.WriteAsync(FrameType.Challenge, OpeningCodec.WriteChallenge(ours), cancellation);
        var opening = codec.ReadOpening((await stream.ExpectAsync(FrameType.Open, cancellation)).Span, ours, out var theirs) ?? throw Stranger(peer);
        return (opening, (answer, ct) => stream.Writer.WriteAsync(FrameType.Answer, codec.WriteAnswer(answer, ours, theirs), ct));
    }

    private static HopRefusedException Stranger(string peer) =>
        new(HopRefusedException.Unauthorized, $"{peer} does not know this node's secret; give the same --secret-file to all nodes");
}
