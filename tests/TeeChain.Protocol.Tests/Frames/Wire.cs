using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Tests.Frames;

/// <summary>Frames as bytes, for tests.</summary>
internal static class Wire
{
    public static byte[] Unsealed(ReadOnlySpan<byte> payload) => [.. new byte[FrameCodec.HeaderBytes], .. payload];

    public static byte[] Sealed(FrameType type, ReadOnlySpan<byte> payload)
    {
        var frame = Unsealed(payload);
        FrameCodec.Seal(frame, type);
        return frame;
    }

    /// <summary>Bytes that differ from place to place, so that a shifted copy is another one.</summary>
    public static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
