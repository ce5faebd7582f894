using System.Buffers.Binary;
using System.Numerics;

namespace TeeChain.Protocol.Frames;

/// <summary>
/// The envelope of everything that crosses a hop.
/// <code>
///  0        4     5            8          12
///  ┌────────┬─────┬────────────┬──────────┬───────────────┐
///  │ length │ type│ zero (3)   │ CRC-32C  │ payload       │   little-endian; length counts the payload only
///  └────────┴─────┴────────────┴──────────┴───────────────┘
/// </code>
/// The CRC covers the first eight bytes and the payload: TCP's own sum is too weak to trust a password to.
/// </summary>
public static class FrameCodec
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 12;

    /// <summary>The longest payload, bytes. Small enough that a heartbeat never waits long behind an entry.</summary>
    public const int MaxPayloadBytes = 256 * 1024;

    /// <summary>Fills the header of <paramref name="frame"/>, whose payload already stands behind <see cref="HeaderBytes"/>.</summary>
    public static void Seal(Span<byte> frame, FrameType type)
    {
        var length = frame.Length - HeaderBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxPayloadBytes, nameof(frame));

        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (byte)type);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Checksum(frame[..8], frame[HeaderBytes..]));
    }

    /// <summary>Reads a header. The payload's length and type are believed only as far as their ranges go; call <see cref="Verify"/> with the payload.</summary>
    /// <exception cref="DamagedFrameException">The length or the type is out of range.</exception>
    public static (int Length, FrameType Type) ReadHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (length > MaxPayloadBytes)
        {
            throw new DamagedFrameException($"a frame of {length} bytes; the longest is {MaxPayloadBytes}");
        }

        if (type is < (byte)FrameType.Challenge or > (byte)FrameType.Rows)
        {
            throw new DamagedFrameException($"a frame of unknown type {type}");
        }

        return ((int)length, (FrameType)type);
    }

    /// <summary>Checks that header and payload are what the sender sealed.</summary>
    /// <exception cref="DamagedFrameException">They are not.</exception>
    public static void Verify(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != Checksum(header[..8], payload))
        {
            throw new DamagedFrameException("a frame whose checksum does not match its bytes");
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        ~Add(Add(uint.MaxValue, header), payload);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
