using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TeeChain.Protocol.Registration;

/// <summary>
/// HMAC-SHA256 (RFC 2104) with the fleet's secret over everything an announcement says. Each text is preceded by its length, so
/// that two announcements which differ never sign the same bytes:
/// <code>
///   "teechain-register/1" | length, name | length, address | length, teeproxy | length, admin | leaving (1) | time (8) | length, nonce
///   lengths: 4 bytes, of the UTF-8; numbers big-endian
/// </code>
/// </summary>
public static class AnnouncementSignature
{
    public static Announcement Sign(Announcement announcement, ReadOnlySpan<byte> secret) =>
        announcement with { Signature = Convert.ToHexStringLower(HMACSHA256.HashData(secret, Signed(announcement))) };

    /// <summary>Whether whoever signed it has the secret; takes the same time however much of the signature is right.</summary>
    public static bool IsRight(Announcement announcement, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(announcement.Signature), Encoding.UTF8.GetBytes(Sign(announcement, secret).Signature));

    private static byte[] Signed(Announcement announcement)
    {
        using var signed = new MemoryStream();
        signed.Write("teechain-register/1"u8);
        foreach (var text in (string[])[announcement.Name, announcement.Address, announcement.Teeproxy, announcement.Admin])
        {
            WriteText(signed, text);
        }

        signed.WriteByte(announcement.IsLeaving ? (byte)1 : (byte)0);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, announcement.Time);
        signed.Write(time);
        WriteText(signed, announcement.Nonce);
        return signed.ToArray();
    }

    private static void WriteText(MemoryStream signed, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        signed.Write(length);
        signed.Write(bytes);
    }
}
