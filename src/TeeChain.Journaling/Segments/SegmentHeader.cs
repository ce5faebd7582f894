using System.Globalization;
using System.Security.Cryptography;
using static System.Buffers.Binary.BinaryPrimitives;

namespace TeeChain.Journaling.Segments;

/// <summary>
/// The start of a segment file. Little-endian.
/// <code>
///  0  u32  magic "TSEG"
///  4  u32  format version, 1
///  8  16   journal id
/// 24  i64  generation: one more than any before, each time a file is taken into use
/// 32  u64  stamp: random at each use, never leaves this machine
/// 40  i64  base: sequence, epoch and CRC of the record before the first
/// 48  i64
/// 56  u32
/// 60  u32  CRC-32C of bytes 0 to 59
/// 64       marks and records, one behind the other; then zeros, or what the file held in an earlier use
/// </code>
/// Invariant: the header is synced before the file gets its name (the first sequence, zero padded), so a named segment
/// with a bad header is damage. A segment is begun only after everything before it was synced.
/// </summary>
internal sealed record SegmentHeader(Guid JournalId, long Generation, ulong Stamp, JournalPosition Base)
{
    public const int Bytes = 64;
    public const string Extension = ".segment";

    private const uint Magic = 0x47455354;
    private const uint Version = 1;
    private const int CrcOffset = 60;
    private const int NameDigits = 20;

    /// <summary>What every mark's CRC starts from, so that a mark of another journal, file or use is not a mark here.</summary>
    public uint Salt { get; } = SaltOf(JournalId, Generation, Stamp);

    public string Name => (Base.Sequence + 1).ToString("D20", CultureInfo.InvariantCulture) + Extension;

    public static SegmentHeader Mint(Guid journalId, long generation, JournalPosition @base)
    {
        Span<byte> stamp = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(stamp);
        return new(journalId, generation, ReadUInt64LittleEndian(stamp), @base);
    }

    public static bool IsName(string name) =>
        name.Length == NameDigits + Extension.Length && name.EndsWith(Extension, StringComparison.Ordinal)
        && name.AsSpan(0, NameDigits).IndexOfAnyExceptInRange('0', '9') < 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = null!;
        if (bytes.Length < Bytes || ReadUInt32LittleEndian(bytes) != Magic || ReadUInt32LittleEndian(bytes[4..]) != Version
            || ReadUInt32LittleEndian(bytes[CrcOffset..]) != Crc32C.Compute(bytes[..CrcOffset]))
        {
            return false;
        }

        var @base = new JournalPosition(ReadInt64LittleEndian(bytes[40..]), ReadInt64LittleEndian(bytes[48..]), ReadUInt32LittleEndian(bytes[56..]));
        header = new(new Guid(bytes[8..24]), ReadInt64LittleEndian(bytes[24..]), ReadUInt64LittleEndian(bytes[32..]), @base);
        return @base.Sequence >= 0 && @base.Epoch >= 0;
    }

    public void Write(Span<byte> to)
    {
        WriteUInt32LittleEndian(to, Magic);
        WriteUInt32LittleEndian(to[4..], Version);
        JournalId.TryWriteBytes(to[8..]);
        WriteInt64LittleEndian(to[24..], Generation);
        WriteUInt64LittleEndian(to[32..], Stamp);
        WriteInt64LittleEndian(to[40..], Base.Sequence);
        WriteInt64LittleEndian(to[48..], Base.Epoch);
        WriteUInt32LittleEndian(to[56..], Base.Crc);
        WriteUInt32LittleEndian(to[CrcOffset..], Crc32C.Compute(to[..CrcOffset]));
    }

    private static uint SaltOf(Guid journalId, long generation, ulong stamp)
    {
        Span<byte> bytes = stackalloc byte[32];
        journalId.TryWriteBytes(bytes);
        WriteInt64LittleEndian(bytes[16..], generation);
        WriteUInt64LittleEndian(bytes[24..], stamp);
        return Crc32C.Compute(bytes);
    }
}
