using TeeChain.Journaling;

namespace TeeProxy.Delivery;

/// <summary>
/// Where the local application is in the journal, and what is remembered with it. The one writer of the journal's
/// cursor; <see cref="Save"/> makes what happened so far survive the process. Thread-safe.
/// </summary>
internal sealed class LocalCursor
{
    private readonly Journal _journal;
    private readonly Comparison _comparison;
    private readonly ulong _boot;
    private readonly bool _hasLanes;
    private readonly long _suspectThrough;
    private readonly Lock _gate = new();

    // Under _gate, which also keeps the saves in the order of what they save.
    private readonly DoneWindow _window;
    private bool _isDirty = true;
    private bool _lastWasParked;

    private long _watermark;
    private long _redelivered;
    private long _finished;

    /// <param name="boot">Identifies this boot of the machine.</param>
    /// <param name="hasLanes">Whether writes may be delivered side by side.</param>
    public LocalCursor(Journal journal, CursorNotes notes, Comparison comparison, ulong boot, bool hasLanes)
    {
        (_journal, _comparison, _boot, _hasLanes) = (journal, comparison, boot, hasLanes);
        var saved = journal.Cursor;
        _window = new DoneWindow(saved.Watermark, notes.Digest);
        _redelivered = notes.Redelivered;
        _lastWasParked = notes.LastWasParked;
        var firstNotDone = Restore(saved, notes.StatusesBeyond);
        _watermark = _window.Watermark;

        // After a crash of the process only what was in flight may have reached the application: one write, or what the
        // lanes may begin. After a crash of the machine also what was delivered since the last sync, which nobody knows.
        var inFlight = notes.IsCleanStop ? 0
            : notes.Boot != boot ? journal.Last.Sequence
            : notes.HasLanes ? Math.Min(saved.Watermark + DoneWindow.Records, journal.Last.Sequence)
            : firstNotDone;
        _suspectThrough = Math.Max(inFlight, notes.SuspectThrough);
        Save(isCleanStop: false);
    }

    /// <summary>Every record up to this one is done.</summary>
    public long Watermark => Volatile.Read(ref _watermark);

    public DeliveredDigest Digest => _window.Digest;

    /// <summary>Writes delivered again, marked, in the life of this journal.</summary>
    public long Redelivered => Interlocked.Read(ref _redelivered);

    /// <summary>Writes that were delivered or parked by this run.</summary>
    public long Finished => Interlocked.Read(ref _finished);

    /// <summary>Whether a record may be begun: the window reaches that far.</summary>
    public bool Reaches(long sequence) => sequence <= Watermark + DoneWindow.Records;

    /// <summary>Whether a write was delivered, also by an earlier run.</summary>
    public bool IsDone(long sequence)
    {
        lock (_gate)
        {
            return _window.IsDone(sequence);
        }
    }

    /// <summary>Whether a write that is not done may have reached the application before this process began.</summary>
    public bool IsSuspect(long sequence) => sequence <= _suspectThrough;

    public void CountRedelivery() => Interlocked.Increment(ref _redelivered);

    /// <summary>A write was answered. Saved at once: the next one in its lane starts only after it.</summary>
    public void Delivered(long sequence, uint crc, int status) => Finish(sequence, crc, status, isParked: false);

    /// <summary>A write is parked, durably. The digest has it as if it had been answered like the head's; see <see cref="Differ"/>.</summary>
    public void Parked(long sequence, uint crc, int headStatus) => Finish(sequence, crc, headStatus, isParked: true);

    /// <summary>A parked write was answered otherwise than the head's in the end, or dropped (status 0).</summary>
    public void Differ(long sequence, int status)
    {
        lock (_gate)
        {
            Digest.Differ(sequence, status);
            Write(isCleanStop: false);
        }
    }

    /// <summary>A record that is no write was read.</summary>
    public void Passed(long sequence)
    {
        lock (_gate)
        {
            if (!_window.IsDone(sequence))
            {
                _window.Passed(sequence);
                Moved();
            }
        }
    }

    /// <summary>Writes the cursor if it moved, or if the process says good-bye with nothing in flight.</summary>
    public void Save(bool isCleanStop)
    {
        lock (_gate)
        {
            if (_isDirty || isCleanStop)
            {
                Write(isCleanStop);
            }
        }
    }

    private void Finish(long sequence, uint crc, int status, bool isParked)
    {
        lock (_gate)
        {
            _window.Delivered(sequence, crc, status);
            _lastWasParked = isParked;
            _finished++;
            Moved();
            Write(isCleanStop: false);
        }
    }

    private void Moved()
    {
        Volatile.Write(ref _watermark, _window.Watermark);
        _isDirty = true;
    }

    private void Write(bool isCleanStop)
    {
        var (bits, statuses) = _window.WritesBeyond();
        var (divergences, unsettled) = _comparison.Snapshot();
        var notes = new CursorNotes
        {
            IsCleanStop = isCleanStop,
            HasLanes = _hasLanes,
            LastWasParked = _lastWasParked,
            Boot = _boot,
            Digest = Digest.Current,
            Divergences = divergences,
            Redelivered = Redelivered,
            SuspectThrough = _suspectThrough > _window.Watermark ? _suspectThrough : 0,
            StatusesBeyond = statuses,
            Unsettled = unsettled,
        };
        _journal.SaveCursor(new CursorState(_window.Watermark, bits, notes.Encode()));
        _isDirty = false;
    }

    /// <summary>Takes what an earlier run had done beyond the watermark. Returns the first write that it had not; 0 when there is none.</summary>
    private long Restore(CursorState saved, IReadOnlyList<ushort> statuses)
    {
        using var reader = _journal.OpenReader(saved.Watermark);
        var restored = 0;
        long firstNotDone = 0;
        while ((restored < statuses.Count || firstNotDone == 0) && reader.TryRead(out var entry))
        {
            if (DoneWindow.Holds(saved.DoneBeyond.Span, entry.Sequence - saved.Watermark) && restored < statuses.Count)
            {
                _window.Delivered(entry.Sequence, entry.Crc, statuses[restored++]);
            }
            else if (entry.Kind == EntryKind.Write && firstNotDone == 0)
            {
                firstNotDone = entry.Sequence;
            }
        }

        return restored == statuses.Count
            ? firstNotDone
            : throw new InvalidDataException("The local cursor names writes as delivered that its journal does not hold; was a file of the folder put back alone?");
    }
}
