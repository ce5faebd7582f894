using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Tests.Registry;

public sealed class AnnouncementTests : IDisposable
{
    private readonly RegistryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_good_one_is_registered_at_the_end()
    {
        Assert.Equal(200, _folder.Announce(_folder.Announcement(2)).Status);
        Assert.Equal(200, _folder.Announce(_folder.Announcement(1)).Status);

        Assert.Equal([RegistryFolder.Worker(2), RegistryFolder.Worker(1)], _folder.Registry.Current.Workers);
    }

    [Fact]
    public void A_renewal_changes_nothing_that_anybody_sees()
    {
        _folder.Announce(_folder.Announcement(1));
        var before = _folder.Registry.Current;

        Assert.Equal(200, _folder.Announce(_folder.Announcement(1)).Status);

        Assert.Same(before, _folder.Registry.Current);
    }

    [Fact]
    public void A_short_form_of_an_address_is_the_same_address()
    {
        _folder.Announce(_folder.Announcement(1));

        Assert.Equal(200, _folder.Announce(_folder.Announcement(1) with { Address = ":4001" }).Status);
        Assert.Equal(409, _folder.Announce(_folder.Announcement(2) with { Address = ":4001" }).Status);
    }

    [Fact]
    public void A_wrong_signature_is_401() =>
        Refused(401, "signature", AnnouncementSignature.Sign(_folder.Announcement(1), "another secret of some bytes"u8));

    [Fact]
    public void What_was_changed_after_it_was_signed_is_401()
    {
        var signed = AnnouncementSignature.Sign(_folder.Announcement(1), RegistryFolder.Secret);

        Refused(401, "signature", signed with { Admin = "127.0.0.1:1" });
        Refused(401, "signature", signed with { IsLeaving = true });
        Refused(401, "signature", signed with { Time = signed.Time + 1 });
        Refused(401, "signature", signed with { Signature = "" });
    }

    [Theory]
    [InlineData(30.001, "expired")]
    [InlineData(-30.001, "from the future")]
    public void One_of_another_time_is_401(double late, string reason) =>
        Refused(401, reason, AnnouncementSignature.Sign(_folder.Announcement(1, late: TimeSpan.FromSeconds(late)), RegistryFolder.Secret));

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public void Clocks_may_differ_by_half_a_minute(double late) => Assert.Equal(200, _folder.Announce(_folder.Announcement(1, late: TimeSpan.FromSeconds(late))).Status);

    [Fact]
    public void A_replayed_one_is_409_after_a_restart_too_and_a_new_one_stands()
    {
        var signed = AnnouncementSignature.Sign(_folder.Announcement(1), RegistryFolder.Secret);
        Assert.Equal(200, _folder.Send(signed).Status);
        _folder.Clock.Advance(TimeSpan.FromMilliseconds(1));

        _folder.Restart();

        Assert.Equal((409, true), (_folder.Send(signed).Status, _folder.Send(signed).Reason.Contains("before the registry was started", StringComparison.Ordinal)));
        Assert.Equal(200, _folder.Announce(_folder.Announcement(1)).Status);
    }

    [Fact]
    public void One_whose_clock_is_late_keeps_its_turns_across_a_restart()
    {
        Assert.Equal(200, _folder.Announce(_folder.Announcement(1, late: AnnouncementRule.Tolerance)).Status);

        _folder.Restart();
        _folder.Clock.Advance(AnnouncementRule.Tolerance);
        _folder.Registry.Step();

        Assert.Equal(WorkerState.Present, _folder.StateOf("w1"));
        Assert.Equal(200, _folder.Announce(_folder.Announcement(1, late: AnnouncementRule.Tolerance)).Status);
    }

    [Fact]
    public void A_replayed_one_is_409_for_as_long_as_its_time_would_stand()
    {
        var signed = AnnouncementSignature.Sign(_folder.Announcement(1, late: TimeSpan.FromSeconds(-30)), RegistryFolder.Secret);
        Assert.Equal(200, _folder.Send(signed).Status);

        foreach (var seconds in (double[])[0, 30, 30])
        {
            _folder.Clock.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal((409, true), (_folder.Send(signed).Status, _folder.Send(signed).Reason.Contains("replayed", StringComparison.Ordinal)));
        }

        _folder.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, _folder.Send(signed).Status);
    }

    [Fact]
    public void A_name_and_each_address_is_one_workers_while_that_is_present()
    {
        _folder.Announce(_folder.Announcement(1));
        var other = _folder.Announcement(2);

        Refused(409, "name w1 is taken", Sign(other with { Name = "w1" }));
        Refused(409, "taken by w1", Sign(other with { Address = "127.0.0.1:4001" }));
        Refused(409, "taken by w1", Sign(other with { Teeproxy = "127.0.0.1:9001" }));
        Refused(409, "taken by w1", Sign(other with { Admin = "127.0.0.1:9501" }));
    }

    [Fact]
    public void Who_is_away_gives_way_at_its_place()
    {
        _folder.Announce(_folder.Announcement(1));
        _folder.Clock.Advance(FleetRegistry.Lease + TimeSpan.FromMilliseconds(1));
        _folder.Announce(_folder.Announcement(2));

        Assert.Equal(200, _folder.Announce(_folder.Announcement(3, name: "w1")).Status);

        Assert.Equal([("w1", "127.0.0.1:4003"), ("w2", "127.0.0.1:4002")], _folder.Registry.Current.Workers.Select(worker => (worker.Name, worker.Address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"name\":null,\"address\":\"a:1\",\"teeproxy\":\"a:2\",\"admin\":\"a:3\",\"time\":1,\"nonce\":\"\"}")]
    [InlineData("{\"name\":\"\\ud800\",\"address\":\"a:1\",\"teeproxy\":\"a:2\",\"admin\":\"a:3\",\"time\":1,\"nonce\":\"\",\"signature\":\"\\ud800\"}")]
    [InlineData("{\"name\":\"a\",\"address\":\"a:1\",\"teeproxy\":\"a:2\",\"admin\":\"a:3\",\"time\":1e99,\"nonce\":\"\"}")]
    public void Garbage_is_400(string body) => Assert.Equal(400, _folder.Registry.Announce(Encoding.UTF8.GetBytes(body)).Status);

    [Fact]
    public void What_has_the_right_signature_and_the_wrong_shape_is_400()
    {
        var good = _folder.Announcement(1);

        Refused(400, "name", Sign(good with { Name = "a b" }));
        Refused(400, "name", Sign(good with { Name = new string('a', 65) }));
        Refused(400, "nonce", Sign(good with { Nonce = "00" }));
        Refused(400, "address", Sign(good with { Address = "4567" }));
        Refused(400, "reach them", Sign(good with { Teeproxy = "0.0.0.0:9001" }));
        Refused(400, "different", Sign(good with { Address = good.Admin }));
        Refused(400, "bytes", Sign(good with { Signature = "", Address = new string('a', AnnouncementRule.MostBytes) }));
    }

    [Fact]
    public void A_memory_of_nonces_that_is_full_takes_no_more_until_it_has_room()
    {
        var memory = new NonceMemory(TimeSpan.FromSeconds(60));
        for (var i = 0; i < NonceMemory.Most; i++)
        {
            memory.Spend($"{i}", TimeSpan.FromSeconds(i < 10 ? 0 : 30));
        }

        Assert.False(memory.HasRoom);
        memory.Forget(TimeSpan.FromSeconds(61));
        Assert.True(memory.HasRoom);
        Assert.False(memory.IsSpent("9"));
        Assert.True(memory.IsSpent("10"));
    }

    [Fact]
    public void Whatever_comes_is_answered_below_500_and_changes_nothing_without_the_secret()
    {
        _folder.Announce(_folder.Announcement(1));
        var before = (_folder.Registry.Current, File.ReadAllText(_folder.File));
        var good = RegistryFolder.Body(AnnouncementSignature.Sign(_folder.Announcement(2), "another secret of some bytes"u8));

        var bytes = ArbMap.Default.GeneratorFor<byte[]>();
        var damaged = from at in Gen.Choose(0, good.Length - 1) from value in Gen.Choose(0, 255) from cut in Gen.Choose(1, good.Length) select Damage(good, at, (byte)value, cut);
        var fields = from texts in ArbMap.Default.GeneratorFor<string>().ArrayOf(7) from time in ArbMap.Default.GeneratorFor<long>() select Json(texts, time);
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Gen.OneOf(bytes, damaged, fields).ToArbitrary(), body =>
        {
            var admission = _folder.Registry.Announce(body);

            return admission is { Status: >= 400 and < 500, Worker: null, Reason.Length: > 0 } && (_folder.Registry.Current, File.ReadAllText(_folder.File)) == before;
        }));
    }

    private static byte[] Damage(byte[] good, int at, byte value, int cut)
    {
        byte[] damaged = [.. good];
        damaged[at] = value;
        return damaged[..cut];
    }

    private static byte[] Json(string?[] texts, long time)
    {
        var (name, address, teeproxy, admin, nonce, signature) = (texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]);
        return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { name, address, teeproxy, admin, time, nonce, signature, isLeaving = texts[6] is null });
    }

    private static Announcement Sign(Announcement announcement) => AnnouncementSignature.Sign(announcement, RegistryFolder.Secret);

    private void Refused(int status, string reason, Announcement signed)
    {
        var before = _folder.Registry.Current;

        var admission = _folder.Send(signed);

        Assert.Equal(status, admission.Status);
        Assert.Contains(reason, admission.Reason, StringComparison.Ordinal);
        Assert.Same(before, _folder.Registry.Current);
    }
}
