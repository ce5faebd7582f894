using static System.Buffers.Binary.BinaryPrimitives;

namespace TeeChain.Journaling.Cursors;

/// <summary>
/// The local cursor in two slots, written in turn after each delivery, not synced: it survives a killed process, and the
/// copy in each batch's mark survives a power failure. Each slot of 20 KiB, little-endian:
/// <code>
///  0  u32  magic "TCUR"
///  4  u32  bytes of what follows up to and with the CRC, from offset 0
///  8  16   journal id
/// 24  i64  version
/// 32  i64  watermark
/// 40  u32  bytes of the bitmap
/// 44  u32  bytes of the notes
/// 48       bitmap, notes
///  …  u32  CRC-32C of all before it
/// </code>
/// Invariant: a write never touches the slot with the newest good state, so a torn write costs one delivery's progress.
/// </summary>
internal sealed class CursorFile : IDisposable
{
    public const string Name = "cursor";
    public const int SlotBytes = 20 << 10;

    private const uint Magic = 0x52554354;
    private const int FixedBytes = 48;

    private readonly Guid _journalId;
    private readonly IFile _file;
    private readonly byte[] _buffer = new byte[SlotBytes];
    private VersionedCursor _current;
    private int _nextSlot;

    private CursorFile(Guid journalId, IFile file, VersionedCursor current, int nextSlot)
    {
        _journalId = journalId;
        _file = file;
        _current = current;
        _nextSlot = nextSlot;
    }

    /// <summary>The last saved state. One writer: the caller of <see cref="Save"/>.</summary>
    public VersionedCursor Current => Volatile.Read(ref _current);

    /// <param name="folder">Where the file is, or is made.</param>
    /// <param name="journalId">Slots of another journal do not count.</param>
    /// <param name="recovered">The newest of the slots and the marks.</param>
    public static CursorFile Open(IFolder folder, Guid journalId, VersionedCursor recovered)
    {
        bool isNew = !folder.Exists(Name);
        var file = isNew ? folder.Create(Name) : folder.Open(Name);
        if (file.Length < 2 * SlotBytes)
        {
            Segments.SegmentStock.WriteZeros(file, file.Length, 2 * SlotBytes);
            file.Sync();
            folder.Sync();
        }

        int newest = NewestSlot(file, journalId, out _);
        return new(journalId, file, recovered, newest == 0 ? 1 : 0);
    }

    /// <summary>The newest good state in the file; version 0 when there is none.</summary>
    public static VersionedCursor Read(IFile file, Guid journalId)
    {
        NewestSlot(file, journalId, out var cursor);
        return cursor;
    }

    /// <summary>
    /// Survives a killed process when this returns. Where the disk refuses for want of room, the next mark still carries
    /// the state, and only a kill before that costs the repeat of a delivery.
    /// </summary>
    public void Save(CursorState state)
    {
        var copy = new CursorState(state.Watermark, state.DoneBeyond.ToArray(), state.Notes.ToArray());
        var next = new VersionedCursor(Current.Version + 1, copy);
        int length = Write(_buffer, _journalId, next);
        try
        {
            _file.Write(_nextSlot * SlotBytes, _buffer.AsSpan(0, length));
            _nextSlot = 1 - _nextSlot;
        }
        catch (DiskFullException)
        {
            // The other slot stays the newest good one: the same slot is written next time.
        }

        Volatile.Write(ref _current, next);
    }

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private static int NewestSlot(IFile file, Guid journalId, out VersionedCursor cursor)
    {
        byte[] bytes = new byte[SlotBytes];
        int newest = -1;
        cursor = VersionedCursor.None;
        for (int slot = 0; slot < 2; slot++)
        {
            int length = file.Read(slot * SlotBytes, bytes);
            if (TryRead(bytes.AsSpan(0, length), journalId) is { } found && found.Version > cursor.Version)
            {
                newest = slot;
                cursor = found;
            }
        }

        return newest;
    }

    private static VersionedCursor? TryRead(ReadOnlySpan<byte> slot, Guid journalId)
    {
        if (slot.Length < FixedBytes + 4 || ReadUInt32LittleEndian(slot) != Magic
            || ReadUInt32LittleEndian(slot[4..]) is var length && (length < FixedBytes + 4 || length > slot.Length))
        {
            return null;
        }

        slot = slot[..(int)length];
        uint bitmap = ReadUInt32LittleEndian(slot[40..]);
        uint notes = ReadUInt32LittleEndian(slot[44..]);
        if (ReadUInt32LittleEndian(slot[^4..]) != Crc32C.Compute(slot[..^4]) || new Guid(slot[8..24]) != journalId
            || FixedBytes + 4 + (long)bitmap + notes != slot.Length)
        {
            return null;
        }

        byte[] rest = slot[FixedBytes..^4].ToArray();
        return new(ReadInt64LittleEndian(slot[24..]), new(ReadInt64LittleEndian(slot[32..]), rest.AsMemory(0, (int)bitmap), rest.AsMemory((int)bitmap)));
    }

    private static int Write(Span<byte> to, Guid journalId, VersionedCursor cursor)
    {
        var state = cursor.State;
        to = to[..(FixedBytes + state.DoneBeyond.Length + state.Notes.Length + 4)];
        WriteUInt32LittleEndian(to, Magic);
        WriteUInt32LittleEndian(to[4..], (uint)to.Length);
        journalId.TryWriteBytes(to[8..]);
        WriteInt64LittleEndian(to[24..], cursor.Version);
        WriteInt64LittleEndian(to[32..], state.Watermark);
        WriteUInt32LittleEndian(to[40..], (uint)state.DoneBeyond.Length);
        WriteUInt32LittleEndian(to[44..], (uint)state.Notes.Length);
        state.DoneBeyond.Span.CopyTo(to[FixedBytes..]);
        state.Notes.Span.CopyTo(to[(FixedBytes + state.DoneBeyond.Length)..]);
        WriteUInt32LittleEndian(to[^4..], Crc32C.Compute(to[..^4]));
        return to.Length;
    }
}
