using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;

namespace TeeChain.Protocol.Tests.Hop;

public sealed class HeartbeatTests
{
    [Fact]
    public void A_beat_and_its_view_read_back()
    {
        var beat = new Heartbeat(1, long.MaxValue, 3, 4);

        var read = Heartbeat.Read(beat.ToFrame("{}"u8).AsSpan(FrameCodec.HeaderBytes), out var view);

        Assert.Equal(beat, read);
        Assert.Equal("{}"u8, view);
    }

    [Fact]
    public void Nobodys_beat_is_of_no_head_and_reads_back()
    {
        var read = Heartbeat.Read(Heartbeat.Nobody.ToFrame([]).AsSpan(FrameCodec.HeaderBytes), out var view);

        Assert.Equal(Heartbeat.Nobody, read);
        Assert.False(read.IsOfHead);
        Assert.True(view.IsEmpty);
    }

    [Fact]
    public void Bytes_are_a_beat_when_there_are_enough_of_them()
    {
        var noise = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(80), Prop.ForAll(noise, bytes => IsBeat(bytes) == (bytes.Length >= 32)));
    }

    private static bool IsBeat(byte[] bytes)
    {
        try
        {
            Heartbeat.Read(bytes, out var view);
            return view.Length == bytes.Length - 32;
        }
        catch (DamagedFrameException)
        {
            return false;
        }
    }
}
