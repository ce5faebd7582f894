using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Registration;

namespace TeeChain.Protocol.Tests;

public sealed class AnnouncementSignatureTests
{
    private static readonly byte[] Secret = "0123456789abcdef"u8.ToArray();

    private static readonly Announcement Announcement = new()
    {
        Name = "remus",
        Address = "node2:4567",
        Teeproxy = "node2:9000",
        Admin = "node2:9500",
        Time = 1_700_000_000_000,
        Nonce = new('a', 32),
    };

    [Fact]
    public void What_was_signed_with_the_secret_is_right()
    {
        Assert.True(AnnouncementSignature.IsRight(AnnouncementSignature.Sign(Announcement, Secret), Secret));
        Assert.False(AnnouncementSignature.IsRight(AnnouncementSignature.Sign(Announcement, "another secret.."u8), Secret));
        Assert.False(AnnouncementSignature.IsRight(Announcement, Secret));
    }

    [Fact]
    public void Whatever_is_changed_the_signature_is_wrong()
    {
        var signed = AnnouncementSignature.Sign(Announcement, Secret);

        Announcement[] changed =
        [
            signed with { Name = "romulus" }, signed with { Address = "node3:4567" }, signed with { Teeproxy = "node3:9000" },
            signed with { Admin = "node3:9500" }, signed with { IsLeaving = true }, signed with { Time = signed.Time + 1 },
            signed with { Nonce = new('b', 32) }, signed with { Signature = "" },
            signed with { Address = signed.Address + signed.Teeproxy[..1], Teeproxy = signed.Teeproxy[1..] },
        ];

        Assert.All(changed, announcement => Assert.False(AnnouncementSignature.IsRight(announcement, Secret)));
    }

    [Fact]
    public void A_signature_that_anybody_writes_is_wrong() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text => !AnnouncementSignature.IsRight(Announcement with { Signature = text.Get }, Secret))
            .QuickCheckThrowOnFailure();
}
