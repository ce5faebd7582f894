using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>
/// Where the local application is in the journal, and what is remembered with it. The one writer of the journal's
/// cursor; <see cref="Save"/> makes what happened so far survive the process.
/// </summary>
internal sealed class LocalCursor
{
    private readonly Journal _journal;
    private readonly Comparison _comparison;
    private readonly ulong _boot;
    private readonly long _suspectThrough;
    private bool _isDirty;
    private long _redelivered;

    /// <param name="boot">Identifies this boot of the machine.</param>
    public LocalCursor(Journal journal, CursorNotes notes, Comparison comparison, ulong boot)
    {
        (_journal, _comparison, _boot) = (journal, comparison, boot);
        Watermark = journal.Cursor.Watermark;
        Digest = new DeliveredDigest(Watermark, notes.Digest);
        _redelivered = notes.Redelivered;

        // After a crash of the process only the write that was in flight may have reached the application; after a crash
        // of the machine also those since the last sync, which nobody knows.
        _suspectThrough = notes.IsCleanStop ? 0 : notes.Boot == boot ? FirstWriteBeyond(Watermark) : journal.Last.Sequence;
        _isDirty = true;
        Save(isCleanStop: false);
    }

    /// <summary>Every record up to this one is done. Written by the local cursor's loop only.</summary>
    public long Watermark { get; private set; }

    public DeliveredDigest Digest { get; }

    /// <summary>Writes delivered again, marked, in the life of this journal.</summary>
    public long Redelivered => Interlocked.Read(ref _redelivered);

    /// <summary>Whether a write may have reached the application before this process began.</summary>
    public bool IsSuspect(long sequence) => sequence <= _suspectThrough;

    public void CountRedelivery() => Interlocked.Increment(ref _redelivered);

    /// <summary>A write was answered. Saved at once: the next one starts only after it.</summary>
    public void Delivered(long sequence, uint crc, int status)
    {
        Digest.Delivered(sequence, crc, status);
        Watermark = sequence;
        _isDirty = true;
        Save(isCleanStop: false);
    }

    /// <summary>A record that is no write was read.</summary>
    public void Passed(long sequence)
    {
        Digest.Passed(sequence);
        Watermark = sequence;
        _isDirty = true;
    }

    /// <summary>Writes the cursor if it moved, or if the process says good-bye with nothing in flight.</summary>
    public void Save(bool isCleanStop)
    {
        if (!_isDirty && !isCleanStop)
        {
            return;
        }

        var notes = new CursorNotes
        {
            IsCleanStop = isCleanStop,
            Boot = _boot,
            Digest = Digest.Current,
            Divergences = _comparison.Divergences,
            Redelivered = Redelivered,
            Unsettled = _comparison.Unsettled,
        };
        _journal.SaveCursor(new CursorState(Watermark, default, notes.Encode()));
        _isDirty = false;
    }

    private long FirstWriteBeyond(long watermark)
    {
        using var reader = _journal.OpenReader(watermark);
        while (reader.TryRead(out var entry))
        {
            if (entry.Kind == EntryKind.Write)
            {
                return entry.Sequence;
            }
        }

        return 0;
    }
}
