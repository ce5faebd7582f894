namespace TeeChain.Journaling;

/// <summary>
/// What decides who leads: a journal's positions, its seal and its epochs. <see cref="Journal"/> keeps it on disk; a
/// simulator keeps it in memory, with crashes of its own.
/// </summary>
public interface IJournal
{
    /// <inheritdoc cref="Journal.JournalId"/>
    Guid JournalId { get; }

    /// <inheritdoc cref="Journal.Last"/>
    JournalPosition Last { get; }

    /// <inheritdoc cref="Journal.Base"/>
    JournalPosition Base { get; }

    /// <inheritdoc cref="Journal.TryGetPosition"/>
    bool TryGetPosition(long sequence, out JournalPosition position);

    /// <inheritdoc cref="Journal.AppendAsync"/>
    Task<JournalPosition> AppendAsync(EntryKind kind, EntryPayload payload, long? epoch = null);

    /// <inheritdoc cref="Journal.SealAsync"/>
    Task<JournalPosition> SealAsync();

    /// <inheritdoc cref="Journal.UnsealAsync"/>
    Task UnsealAsync();

    /// <inheritdoc cref="Journal.FirstOf"/>
    long? FirstOf(long epoch);
}
