using TeeChain.Journaling.Cursors;
using static System.Buffers.Binary.BinaryPrimitives;

namespace TeeChain.Journaling.Segments;

/// <summary>
/// Begins each batch in a segment; never sent to another node. Little-endian.
/// <code>
///  0  u32  magic "TMRK"
///  4  u32  bytes of the whole mark
///  8  u64  the segment's stamp: no body can hold a mark, since nobody outside knows the stamp
/// 16  i64  synced end: the sequence of the last record before the mark
/// 24  u32  and its CRC
/// 28  u32  bytes of the cursor's bitmap, at most 1 KiB
/// 32  i64  passed: what every row had passed
/// 40  i64  version of the cursor; 0: no copy here, the last one before this mark stands
/// 48  i64  the cursor's watermark
/// 56  u32  bytes of the cursor's notes, at most 16 KiB
/// 60  u32  zero
/// 64       bitmap, notes
///  …  u32  CRC-32C of all before it, salted by the segment's header
/// </code>
/// Invariant: a batch is written only after everything before it was synced. So a good mark proves every byte before it
/// in its segment, and every segment before that, durable.
/// </summary>
internal sealed record Mark(JournalPosition Synced, long Passed, VersionedCursor? Cursor)
{
    public const int LeastBytes = FixedBytes + sizeof(uint);
    public const int MostBytes = LeastBytes + CursorState.MaxDoneBeyondBytes + CursorState.MaxNotesBytes;
    public const int StampOffset = 8;
    public const uint Magic = 0x4B524D54;

    private const int FixedBytes = 64;

    public int Bytes => LeastBytes + (Cursor is null ? 0 : Cursor.State.DoneBeyond.Length + Cursor.State.Notes.Length);

    /// <summary>The length at the start of a mark, which may be torn; null when it cannot be one.</summary>
    public static int? ReadLength(ReadOnlySpan<byte> start) =>
        ReadUInt32LittleEndian(start) == Magic && ReadUInt32LittleEndian(start[4..]) is >= LeastBytes and <= MostBytes and var length
            ? (int)length
            : null;

    /// <summary>Reads a mark that fills <paramref name="bytes"/>. The synced epoch is not recorded and comes back as 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, SegmentHeader segment, out Mark mark)
    {
        mark = null!;
        if (bytes.Length < LeastBytes || ReadLength(bytes) != bytes.Length
            || ReadUInt64LittleEndian(bytes[StampOffset..]) != segment.Stamp
            || ReadUInt32LittleEndian(bytes[^4..]) != Crc32C.Append(segment.Salt, bytes[..^4]))
        {
            return false;
        }

        uint bitmap = ReadUInt32LittleEndian(bytes[28..]);
        uint notes = ReadUInt32LittleEndian(bytes[56..]);
        if (LeastBytes + (long)bitmap + notes != bytes.Length)
        {
            return false;
        }

        long version = ReadInt64LittleEndian(bytes[40..]);
        byte[] rest = bytes[FixedBytes..^4].ToArray();
        var cursor = version == 0
            ? null
            : new VersionedCursor(version, new(ReadInt64LittleEndian(bytes[48..]), rest.AsMemory(0, (int)bitmap), rest.AsMemory((int)bitmap)));
        mark = new(new(ReadInt64LittleEndian(bytes[16..]), 0, ReadUInt32LittleEndian(bytes[24..])), ReadInt64LittleEndian(bytes[32..]), cursor);
        return true;
    }

    public void Write(Span<byte> to, SegmentHeader segment)
    {
        to = to[..Bytes];
        to[..FixedBytes].Clear();
        WriteUInt32LittleEndian(to, Magic);
        WriteUInt32LittleEndian(to[4..], (uint)to.Length);
        WriteUInt64LittleEndian(to[StampOffset..], segment.Stamp);
        WriteInt64LittleEndian(to[16..], Synced.Sequence);
        WriteUInt32LittleEndian(to[24..], Synced.Crc);
        WriteInt64LittleEndian(to[32..], Passed);
        if (Cursor is { State: var state })
        {
            WriteUInt32LittleEndian(to[28..], (uint)state.DoneBeyond.Length);
            WriteInt64LittleEndian(to[40..], Cursor.Version);
            WriteInt64LittleEndian(to[48..], state.Watermark);
            WriteUInt32LittleEndian(to[56..], (uint)state.Notes.Length);
            state.DoneBeyond.Span.CopyTo(to[FixedBytes..]);
            state.Notes.Span.CopyTo(to[(FixedBytes + state.DoneBeyond.Length)..]);
        }

        WriteUInt32LittleEndian(to[^4..], Crc32C.Append(segment.Salt, to[..^4]));
    }
}
