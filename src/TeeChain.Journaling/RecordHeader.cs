namespace TeeChain.Journaling;

/// <summary>The header of a record, as <see cref="RecordCodec"/> found it good.</summary>
public readonly record struct RecordHeader(
    EntryKind Kind, int HeadBytes, int BodyBytes, long Sequence, long Epoch, long TimeMicroseconds, uint PreviousCrc, uint PayloadCrc, uint Crc)
{
    /// <summary>Header, head and body.</summary>
    public long TotalBytes => RecordCodec.HeaderBytes + (long)HeadBytes + BodyBytes;

    public JournalPosition Position => new(Sequence, Epoch, Crc);

    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(TimeMicroseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Null when this record follows <paramref name="position"/>; else what is wrong.</summary>
    internal string? WhyNotAfter(JournalPosition position) =>
        Sequence != position.Sequence + 1 ? $"record {Sequence} stands where {position.Sequence + 1} should"
        : PreviousCrc != position.Crc ? $"record {Sequence} follows a record with crc {PreviousCrc:x8}, not {position.Crc:x8}"
        : Epoch < position.Epoch ? $"record {Sequence} falls from epoch {position.Epoch} to {Epoch}"
        : null;
}
