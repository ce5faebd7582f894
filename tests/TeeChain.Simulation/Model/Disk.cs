using TeeChain.Journaling;

namespace TeeChain.Simulation.Model;

/// <summary>What a journal holds of one record. Its CRC covers that of the record before.</summary>
/// <param name="Content">Of a write: which; of an outcome: the sequence that it is about.</param>
internal sealed record Record(long Sequence, long Epoch, EntryKind Kind, uint Crc, uint PreviousCrc, long Content, byte[]? Head)
{
    public JournalPosition Position => new(Sequence, Epoch, Crc);

    public static Record After(JournalPosition last, long epoch, EntryKind kind, long content, byte[]? head) =>
        new(last.Sequence + 1, epoch, kind, (uint)HashCode(last.Crc, epoch, (long)kind, content, last.Sequence), last.Crc, content, head);

    private static ulong HashCode(params ReadOnlySpan<long> parts)
    {
        var hash = 14695981039346656037UL;
        foreach (var part in parts)
        {
            hash = (hash ^ (ulong)part) * 1099511628211UL;
            hash ^= hash >> 29;
        }

        return hash;
    }
}

/// <summary>
/// What survives a node's process: its journal's committed records, the cursor of its application and the small files. A
/// batch on its way to the disk survives a crash in part: its beginning, as far as chance wants.
/// </summary>
internal sealed class Disk(Guid journal)
{
    private readonly List<Record> _records = [];

    public Guid JournalId => journal;

    public SmallFiles Files { get; private init; } = new();

    /// <summary>The local cursor: survives a killed process at once, a power failure with the next commit.</summary>
    public long Cursor { get; set; }

    public long SyncedCursor { get; private set; }

    /// <summary>Of the cursor's notes: up to here the application may have seen what is to be delivered.</summary>
    public long SuspectThrough { get; set; }

    public JournalPosition Last => _records.Count == 0 ? default : _records[^1].Position;

    public Record this[long sequence] => _records[(int)sequence - 1];

    public bool Holds(JournalPosition position) =>
        position.Sequence == 0 || (position.Sequence <= _records.Count && this[position.Sequence].Position == position);

    public IReadOnlyList<Record> From(long sequence, int most) => _records.GetRange((int)sequence - 1, (int)Math.Min(most, _records.Count - sequence + 1));

    public void Commit(IEnumerable<Record> records)
    {
        _records.AddRange(records);
        SyncedCursor = Cursor;
    }

    public void LosePower() => Cursor = SyncedCursor;

    public Disk Copy()
    {
        var copy = new Disk(journal) { Cursor = Cursor, SyncedCursor = SyncedCursor, SuspectThrough = SuspectThrough, Files = Files.Copy() };
        copy._records.AddRange(_records);
        return copy;
    }
}
