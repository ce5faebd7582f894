using System.Buffers.Binary;

namespace TeeProxy.Delivery;

/// <summary>
/// What the local cursor remembers beside its watermark, durable with it. Little-endian.
/// <code>
///  version 2 (1)  flags (1)  beyond (2)  count (4)  boot (8)  digest (8)  divergences (8)  redelivered (8)  suspect through (8)
///  beyond × { status (2) }
///  count × { sequence (8)  status (2) }
/// </code>
/// Flags: 1 clean stop, 2 lanes, 4 last was parked.
/// </summary>
internal sealed record CursorNotes
{
    /// <summary>What the journal lets a cursor keep, however much is done beyond the watermark; more answers are not remembered across a crash.</summary>
    public const int MostUnsettled = (16 * 1024 - FixedBytes - (DoneWindow.Records * StatusBytes)) / RowBytes;

    private const byte Version = 2;
    private const byte CleanStopFlag = 1;
    private const byte LanesFlag = 2;
    private const byte ParkedFlag = 4;
    private const int FixedBytes = 48;
    private const int StatusBytes = 2;
    private const int RowBytes = 10;

    /// <summary>The process said good-bye with nothing in flight.</summary>
    public bool IsCleanStop { get; init; }

    /// <summary>The process delivered side by side.</summary>
    public bool HasLanes { get; init; }

    /// <summary>The write that was finished last was not delivered but parked.</summary>
    public bool LastWasParked { get; init; }

    /// <summary>Which boot of the machine wrote this: after another one, what was not synced may be gone.</summary>
    public ulong Boot { get; init; }

    /// <summary>The delivered digest at the watermark.</summary>
    public ulong Digest { get; init; }

    public long Divergences { get; init; }

    public long Redelivered { get; init; }

    /// <summary>Writes up to this one may have reached the application in an earlier run; 0 when none may.</summary>
    public long SuspectThrough { get; init; }

    /// <summary>What each write that is done beyond the watermark was answered with, in their order.</summary>
    public IReadOnlyList<ushort> StatusesBeyond { get; init; } = [];

    /// <summary>Own answers that have not met the head's outcome yet; on the head, outcomes that are not committed yet.</summary>
    public IReadOnlyList<KeyValuePair<long, int>> Unsettled { get; init; } = [];

    public byte[] Encode()
    {
        var count = Math.Min(Unsettled.Count, MostUnsettled);
        var bytes = new byte[FixedBytes + (StatusesBeyond.Count * StatusBytes) + (count * RowBytes)];
        bytes[0] = Version;
        bytes[1] = (byte)((IsCleanStop ? CleanStopFlag : 0) | (HasLanes ? LanesFlag : 0) | (LastWasParked ? ParkedFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)StatusesBeyond.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Boot);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Digest);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Divergences);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Redelivered);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), SuspectThrough);
        var rest = bytes.AsSpan(FixedBytes);
        foreach (var status in StatusesBeyond)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, status);
            rest = rest[StatusBytes..];
        }

        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, Unsettled[i].Key);
            BinaryPrimitives.WriteUInt16LittleEndian(rest[8..], (ushort)Unsettled[i].Value);
            rest = rest[RowBytes..];
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

        var (beyond, count) = bytes.Length < FixedBytes || bytes[0] != Version
            ? (0, -1)
            : (BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));
        if (count < 0 || bytes.Length != FixedBytes + (beyond * StatusBytes) + ((long)count * RowBytes))
        {
            throw new InvalidDataException("The local cursor's notes cannot be read; was the journal written by another release?");
        }

        var statuses = new ushort[beyond];
        for (var i = 0; i < beyond; i++)
        {
            statuses[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(FixedBytes + (i * StatusBytes))..]);
        }

        var unsettled = new KeyValuePair<long, int>[count];
        for (var i = 0; i < count; i++)
        {
            var row = bytes[(FixedBytes + (beyond * StatusBytes) + (i * RowBytes))..];
            unsettled[i] = new(BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadUInt16LittleEndian(row[8..]));
        }

        return new CursorNotes
        {
            IsCleanStop = (bytes[1] & CleanStopFlag) != 0,
            HasLanes = (bytes[1] & LanesFlag) != 0,
            LastWasParked = (bytes[1] & ParkedFlag) != 0,
            Boot = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            Digest = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            Divergences = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Redelivered = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            SuspectThrough = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            StatusesBeyond = statuses,
            Unsettled = unsettled,
        };
    }
}
