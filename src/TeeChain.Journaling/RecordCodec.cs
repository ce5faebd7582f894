using static System.Buffers.Binary.BinaryPrimitives;

namespace TeeChain.Journaling;

/// <summary>
/// The record: the same bytes in every journal of a chain and between nodes. Little-endian.
/// <code>
///  0  u32  magic "TREC"; never zero, so zeros end a journal
///  4  u8   kind (1 write, 2 outcome, 3 epoch)
///  5  u8   version, 1
///  6  u16  zero
///  8  u32  bytes of the head, at most 16 MiB
/// 12  u32  bytes of the body, at most 1 GiB
/// 16  i64  sequence, from 1, over all records
/// 24  i64  epoch
/// 32  i64  time at the head, microseconds since 1970 UTC
/// 40  u32  CRC of the record before; 0 for the first
/// 44  u32  CRC-32C of the payload: head, then body
/// 48  u32  zero
/// 52  u32  CRC-32C of bytes 0 to 51: THE record's CRC, since it covers the payload's and the previous one's
/// 56       head, then body
/// </code>
/// </summary>
public static class RecordCodec
{
    public const int HeaderBytes = 56;
    public const int MaxHeadBytes = 16 << 20;
    public const int MaxBodyBytes = 1 << 30;
    public const long MaxRecordBytes = HeaderBytes + MaxHeadBytes + (long)MaxBodyBytes;

    internal const uint Magic = 0x43455254;

    private const byte Version = 1;
    private const int CrcOffset = 52;

    /// <summary>
    /// Reads the header at the start of <paramref name="bytes"/>. False when there are fewer than <see cref="HeaderBytes"/>,
    /// or when it is not a good header. The payload is not looked at.
    /// </summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out RecordHeader header)
    {
        header = default;
        if (bytes.Length < HeaderBytes || ReadUInt32LittleEndian(bytes) != Magic)
        {
            return false;
        }

        uint crc = ReadUInt32LittleEndian(bytes[CrcOffset..]);
        if (crc != Crc32C.Compute(bytes[..CrcOffset]))
        {
            return false;
        }

        var kind = (EntryKind)bytes[4];
        uint headBytes = ReadUInt32LittleEndian(bytes[8..]);
        uint bodyBytes = ReadUInt32LittleEndian(bytes[12..]);
        header = new(
            kind, (int)headBytes, (int)bodyBytes, ReadInt64LittleEndian(bytes[16..]), ReadInt64LittleEndian(bytes[24..]),
            ReadInt64LittleEndian(bytes[32..]), ReadUInt32LittleEndian(bytes[40..]), ReadUInt32LittleEndian(bytes[44..]), crc);
        return kind is EntryKind.Write or EntryKind.Outcome or EntryKind.Epoch
            && bytes[5] == Version && ReadUInt16LittleEndian(bytes[6..]) == 0 && ReadUInt32LittleEndian(bytes[48..]) == 0
            && headBytes <= MaxHeadBytes && bodyBytes <= MaxBodyBytes && header.Sequence > 0 && header.Epoch >= 0
            && header.TimeMicroseconds is >= 0 and <= 253_402_300_799_999_999; // the year 9999
    }

    /// <summary>Writes a header and returns its CRC. The header's own <see cref="RecordHeader.Crc"/> is not looked at.</summary>
    internal static uint Write(Span<byte> to, in RecordHeader header)
    {
        WriteUInt32LittleEndian(to, Magic);
        to[4] = (byte)header.Kind;
        to[5] = Version;
        WriteUInt16LittleEndian(to[6..], 0);
        WriteUInt32LittleEndian(to[8..], (uint)header.HeadBytes);
        WriteUInt32LittleEndian(to[12..], (uint)header.BodyBytes);
        WriteInt64LittleEndian(to[16..], header.Sequence);
        WriteInt64LittleEndian(to[24..], header.Epoch);
        WriteInt64LittleEndian(to[32..], header.TimeMicroseconds);
        WriteUInt32LittleEndian(to[40..], header.PreviousCrc);
        WriteUInt32LittleEndian(to[44..], header.PayloadCrc);
        WriteUInt32LittleEndian(to[48..], 0);
        uint crc = Crc32C.Compute(to[..CrcOffset]);
        WriteUInt32LittleEndian(to[CrcOffset..], crc);
        return crc;
    }
}
