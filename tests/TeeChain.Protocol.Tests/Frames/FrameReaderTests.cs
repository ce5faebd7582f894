using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Tests.Frames;

public sealed class FrameReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Frames_come_out_as_they_went_in_however_the_reads_fall()
    {
        var payloads = Gen.Frequency(
            (6, Gen.Choose(0, 300)),
            (3, Gen.Choose(300, 40_000)),
            (1, Gen.Elements(16 * 1024 - FrameCodec.HeaderBytes, 16 * 1024, FrameCodec.MaxPayloadBytes - 1, FrameCodec.MaxPayloadBytes))).ListOf();
        var reads = Gen.Frequency((3, Gen.Choose(1, 40)), (2, Gen.Choose(40, 20_000)), (1, Gen.Constant(int.MaxValue))).NonEmptyListOf();
        var run = Gen.Zip(payloads, reads).ToArbitrary();

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(run, pair => Task.Run(() => RoundTripAsync([.. pair.Item1], [.. pair.Item2])).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task A_stream_that_ends_between_frames_ends()
    {
        var reader = new FrameReader(new MemoryStream(Wire.Sealed(FrameType.Ack, [1])));
        Assert.NotNull(await reader.ReadAsync(Cancellation));

        var end = await reader.ReadAsync(Cancellation);

        Assert.Null(end);
    }

    [Fact]
    public async Task A_stream_that_ends_inside_a_frame_is_an_error_wherever_it_ends()
    {
        var frame = Wire.Sealed(FrameType.Entries, Wire.Pattern(30, 3));

        for (var length = 1; length < frame.Length; length++)
        {
            var reader = new FrameReader(new MemoryStream(frame[..length]));

            await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync(Cancellation));
        }
    }

    private static async Task<bool> RoundTripAsync(int[] lengths, int[] reads)
    {
        var sent = lengths.Select((length, i) => (Type: (FrameType)(1 + (i % 7)), Payload: Wire.Pattern(length, i))).ToArray();
        var reader = new FrameReader(new DribblingStream([.. sent.SelectMany(frame => Wire.Sealed(frame.Type, frame.Payload))], reads));

        foreach (var (type, payload) in sent)
        {
            var frame = await reader.ReadAsync(CancellationToken.None);
            if (frame is not { } got || got.Type != type || !got.Payload.Span.SequenceEqual(payload))
            {
                return false;
            }
        }

        return await reader.ReadAsync(CancellationToken.None) is null;
    }
}
