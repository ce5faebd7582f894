namespace TeeChain.Journaling.Writing;

/// <summary>What is committed, in one snapshot.</summary>
/// <param name="Last">The last record.</param>
/// <param name="Bytes">All marks and records since the first segment that was there when the journal was opened.</param>
internal sealed record Committed(JournalPosition Last, long Bytes);
