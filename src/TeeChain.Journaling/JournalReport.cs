namespace TeeChain.Journaling;

/// <summary>What <see cref="JournalInspection.Check"/> found.</summary>
/// <param name="JournalId">Null when the folder holds no journal.</param>
/// <param name="Segments">In order, as far as they could be read.</param>
/// <param name="Base">Right before the first record.</param>
/// <param name="Last">The last good record.</param>
/// <param name="Cursor">The newest saved cursor.</param>
/// <param name="Passed">What every row had passed at the last commit.</param>
/// <param name="Damage">What would stop a start: <see cref="JournalDamagedException"/> or <see cref="CursorBeyondJournalException"/>.</param>
/// <param name="Tail">What lies behind the last good record, which a start cuts; null when there is nothing.</param>
public sealed record JournalReport(
    Guid? JournalId, IReadOnlyList<SegmentReport> Segments, JournalPosition Base, JournalPosition Last, CursorState Cursor, long Passed, IOException? Damage, TailReport? Tail)
{
    public bool IsSound => Damage is null;

    public long Records => Segments.Sum(segment => segment.Records);
}

/// <summary>One segment file; <paramref name="End"/> is the offset behind its last good item.</summary>
public sealed record SegmentReport(string Name, long Bytes, long Generation, JournalPosition Base, JournalPosition Last, long Records, long Marks, long End);

/// <summary>
/// Bytes behind the last good record that are not zero: a batch that a crash tore, or what a recycled file held before.
/// No acknowledged record is among them.
/// </summary>
public sealed record TailReport(string Name, long Offset, long NonZeroBytes, string Reason);
