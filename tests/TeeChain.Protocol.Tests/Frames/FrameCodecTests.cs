using System.Buffers.Binary;
using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Tests.Frames;

public sealed class FrameCodecTests
{
    [Theory]
    [InlineData(FrameType.Challenge, 32)]
    [InlineData(FrameType.Entries, 0)]
    [InlineData(FrameType.Ack, 1)]
    [InlineData(FrameType.Heartbeat, 7)]
    [InlineData(FrameType.Entries, FrameCodec.MaxPayloadBytes)]
    [InlineData(FrameType.Close, 9)]
    [InlineData(FrameType.Rows, 10)]
    public void A_sealed_frame_reads_back(FrameType type, int length)
    {
        var payload = Wire.Pattern(length, 1);

        var frame = Wire.Sealed(type, payload);

        Assert.Equal((length, type), FrameCodec.ReadHeader(frame));
        FrameCodec.Verify(frame.AsSpan(0, FrameCodec.HeaderBytes), frame.AsSpan(FrameCodec.HeaderBytes));
        Assert.Equal(payload, frame[FrameCodec.HeaderBytes..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Every_single_flipped_bit_is_refused(int length)
    {
        var good = Wire.Sealed(FrameType.Entries, Wire.Pattern(length, 2));

        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var bad = (byte[])good.Clone();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));

            // Enough follows that a length grown by the flip is not refused for want of bytes alone.
            var reader = new FrameReader(new MemoryStream([.. bad, .. new byte[FrameCodec.MaxPayloadBytes]]));

            var refused = await Record.ExceptionAsync(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));

            Assert.True(refused is DamagedFrameException, $"bit {bit} of a frame of {length}: {refused?.GetType().Name ?? "accepted"}");
        }
    }

    [Theory]
    [InlineData(FrameCodec.MaxPayloadBytes + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void A_length_out_of_range_is_refused_before_anything_is_read(int length)
    {
        var frame = Wire.Sealed(FrameType.Entries, [1, 2, 3]);
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);

        var refused = Assert.Throws<DamagedFrameException>(() => FrameCodec.ReadHeader(frame));

        Assert.Contains($"{(uint)length} bytes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public void An_unknown_type_is_refused(byte type)
    {
        var frame = Wire.Sealed((FrameType)type, [1, 2, 3]);

        var refused = Assert.Throws<DamagedFrameException>(() => FrameCodec.ReadHeader(frame));

        Assert.Contains($"type {type}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_that_is_too_long_is_not_sealed() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Wire.Sealed(FrameType.Entries, new byte[FrameCodec.MaxPayloadBytes + 1]));
}
