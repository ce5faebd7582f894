using System.Buffers.Binary;

namespace TeeProxy.Delivery;

/// <summary>
/// What the local cursor remembers beside its watermark, durable with it. Little-endian.
/// <code>
///  version 1 (1)  clean stop (1)  zero (2)  count (4)  boot (8)  digest (8)  divergences (8)  redelivered (8)
///  count × { sequence (8)  status (2) }
/// </code>
/// </summary>
internal sealed record CursorNotes
{
    /// <summary>What the journal lets a cursor keep; more answers than this are not remembered across a crash.</summary>
    public const int MostUnsettled = (16 * 1024 - FixedBytes) / RowBytes;

    private const int FixedBytes = 40;
    private const int RowBytes = 10;

    /// <summary>The process said good-bye with nothing in flight.</summary>
    public bool IsCleanStop { get; init; }

    /// <summary>Which boot of the machine wrote this: after another one, what was not synced may be gone.</summary>
    public ulong Boot { get; init; }

    /// <summary>The delivered digest at the watermark.</summary>
    public ulong Digest { get; init; }

    public long Divergences { get; init; }

    public long Redelivered { get; init; }

    /// <summary>Own answers that have not met the head's outcome yet; on the head, outcomes that are not committed yet.</summary>
    public IReadOnlyList<KeyValuePair<long, int>> Unsettled { get; init; } = [];

    public byte[] Encode()
    {
        var count = Math.Min(Unsettled.Count, MostUnsettled);
        var bytes = new byte[FixedBytes + (count * RowBytes)];
        bytes[0] = 1;
        bytes[1] = IsCleanStop ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Boot);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Digest);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Divergences);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Redelivered);
        for (var i = 0; i < count; i++)
        {
            var row = bytes.AsSpan(FixedBytes + (i * RowBytes));
            BinaryPrimitives.WriteInt64LittleEndian(row, Unsettled[i].Key);
            BinaryPrimitives.WriteUInt16LittleEndian(row[8..], (ushort)Unsettled[i].Value);
        }

        return bytes;
    }

    /// <summary>A new cursor has no notes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no notes.</exception>
    public static CursorNotes Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return new CursorNotes { IsCleanStop = true };
        }

        var count = bytes.Length < FixedBytes || bytes[0] != 1 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (count < 0 || bytes.Length != FixedBytes + ((long)count * RowBytes))
        {
            throw new InvalidDataException("The local cursor's notes cannot be read; was the journal written by another release?");
        }

        var unsettled = new KeyValuePair<long, int>[count];
        for (var i = 0; i < count; i++)
        {
            var row = bytes[(FixedBytes + (i * RowBytes))..];
            unsettled[i] = new(BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadUInt16LittleEndian(row[8..]));
        }

        return new CursorNotes
        {
            IsCleanStop = bytes[1] == 1,
            Boot = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            Digest = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            Divergences = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Redelivered = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            Unsettled = unsettled,
        };
    }
}
