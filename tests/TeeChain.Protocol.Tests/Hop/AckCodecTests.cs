using System.Buffers;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;

namespace TeeChain.Protocol.Tests.Hop;

public sealed class AckCodecTests
{
    private static readonly AckRow[] Two =
    [
        new(Guid.NewGuid(), Guid.NewGuid(), 42, 40, new ViewVersion(7, 3), AckState.Whole | AckState.Readable, "{\"address\":\":9001\"}"u8.ToArray()) { Age = TimeSpan.FromMilliseconds(1_234) },
        new(Guid.NewGuid(), Guid.NewGuid(), long.MaxValue, 0, new ViewVersion(long.MaxValue, long.MaxValue), AckState.Draining, default),
    ];

    [Fact]
    public void Rows_read_back()
    {
        var payload = Payload(Two);

        var rows = AckCodec.Read(payload);

        Assert.Equal(Two.Select(WithoutDetail), rows.Select(WithoutDetail));
        Assert.Equal(Two.Select(row => row.Detail.ToArray()), rows.Select(row => row.Detail.ToArray()));
    }

    [Fact]
    public void No_rows_read_back() => Assert.Empty(AckCodec.Read(Payload([])));

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0.4, 0)]
    [InlineData(3_000, 3_000)]
    [InlineData(1e12, uint.MaxValue)]
    public void An_age_reads_back_in_milliseconds_within_its_range(double milliseconds, double read)
    {
        var rows = AckCodec.Read(Payload([Two[1] with { Age = TimeSpan.FromMilliseconds(milliseconds) }]));

        Assert.Equal(TimeSpan.FromMilliseconds(read), rows[0].Age);
    }

    [Fact]
    public void Rows_of_a_release_without_ages_are_new()
    {
        var payload = Payload(Two)[..^8];

        var rows = AckCodec.Read(payload);

        Assert.Equal(Two.Select(row => WithoutDetail(row) with { Age = TimeSpan.Zero }), rows.Select(WithoutDetail));
    }

    [Fact]
    public void What_a_later_release_adds_is_left_unread()
    {
        byte[] payload = [.. Payload(Two), 1, 2, 3];

        var rows = AckCodec.Read(payload);

        Assert.Equal(Two.Select(WithoutDetail), rows.Select(WithoutDetail));
    }

    [Fact]
    public void Details_outlive_the_frame()
    {
        var payload = Payload(Two);
        var rows = AckCodec.Read(payload);

        payload.AsSpan().Clear();

        Assert.Equal(Two[0].Detail.ToArray(), rows[0].Detail.ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void A_count_beyond_the_payload_is_refused(int count)
    {
        var payload = Payload(Two);
        BinaryPrimitives.WriteInt32LittleEndian(payload, count);

        Assert.Throws<DamagedFrameException>(() => AckCodec.Read(payload));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000)]
    [InlineData(int.MaxValue)]
    public void A_detail_beyond_the_payload_is_refused(int length)
    {
        var payload = Payload(Two);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4 + 68), length);

        Assert.Throws<DamagedFrameException>(() => AckCodec.Read(payload));
    }

    [Fact]
    public void Rows_cut_anywhere_are_refused()
    {
        var payload = Payload(Two)[..^8];

        for (var length = 0; length < payload.Length; length++)
        {
            Assert.Throws<DamagedFrameException>(() => AckCodec.Read(payload.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Hostile_bytes_are_rows_or_damaged_and_nothing_else()
    {
        var noise = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();
        var mutated = Gen.Zip(Gen.Choose(0, Payload(Two).Length - 1), Gen.Choose(0, 255)).ListOf().Select(changes =>
        {
            var bytes = Payload(Two);
            foreach (var (at, value) in changes)
            {
                bytes[at] = (byte)value;
            }

            return bytes;
        });

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(300),
            Prop.ForAll(Gen.OneOf(noise, mutated).ToArbitrary(), bytes => IsReadOrDamaged(bytes)));
    }

    private static bool IsReadOrDamaged(byte[] bytes)
    {
        try
        {
            return AckCodec.Read(bytes).Length * 56 <= bytes.Length;
        }
        catch (DamagedFrameException)
        {
            return true;
        }
    }

    private static byte[] Payload(AckRow[] rows)
    {
        var output = new ArrayBufferWriter<byte>();
        AckCodec.Write(output, rows);
        return output.WrittenSpan[FrameCodec.HeaderBytes..].ToArray();
    }

    private static AckRow WithoutDetail(AckRow row) => row with { Detail = default };
}
