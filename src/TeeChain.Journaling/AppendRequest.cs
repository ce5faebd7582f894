using TeeChain.Journaling.Writing;

namespace TeeChain.Journaling;

/// <summary>
/// One entry on its way into the journal; the node derives from it, so that a write costs one object. Exactly one of
/// these happens: <see cref="OnSequenced"/> and then <see cref="OnCommitted"/>, or <see cref="OnFailed"/>.
/// The callbacks must be short and must not throw: a throw on the writer thread faults the journal.
/// </summary>
public abstract class AppendRequest : IPending
{
    /// <param name="kind">What the record is about.</param>
    /// <param name="payload">Head and body.</param>
    /// <param name="lazy">Does not start a commit by itself; rides with the next, or goes after <see cref="JournalOptions.LazyLinger"/>.</param>
    /// <param name="epoch">For <see cref="EntryKind.Epoch"/>, and only there: the epoch that begins with this record.</param>
    protected AppendRequest(EntryKind kind, EntryPayload payload, bool lazy = false, long? epoch = null)
    {
        if (epoch.HasValue != (kind == EntryKind.Epoch))
        {
            throw new ArgumentException("An epoch is given for a record of kind Epoch, and for no other.", nameof(epoch));
        }

        Kind = kind;
        Payload = payload;
        IsLazy = lazy;
        Epoch = epoch;
    }

    public EntryKind Kind { get; }

    public EntryPayload Payload { get; }

    public bool IsLazy { get; }

    internal long? Epoch { get; }

    /// <summary>Set by the writer thread while it writes the batch; a fact only once the batch is synced.</summary>
    internal JournalPosition Position { get; set; }

    long IPending.Bytes => RecordCodec.HeaderBytes + Payload.Bytes;

    /// <summary>On the writer thread, once the entry is durable and before any reader can see it.</summary>
    protected internal abstract void OnSequenced(JournalPosition position);

    /// <summary>On the writer thread, right after readers can see the entry.</summary>
    protected internal virtual void OnCommitted()
    {
    }

    /// <summary>On the writer thread, or inside <see cref="Journal.Append"/> for what it refuses at once.</summary>
    protected internal abstract void OnFailed(AppendFailure failure);
}
