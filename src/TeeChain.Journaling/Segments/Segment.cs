namespace TeeChain.Journaling.Segments;

/// <summary>A segment in use. The writer thread alone appends, seals and grows it; readers go up to <see cref="CommittedEnd"/>.</summary>
internal sealed class Segment(SegmentHeader header, IFile file, long capacity, long startBytes)
{
    private long _committedEnd = SegmentHeader.Bytes;
    private long _lastSequence = header.Base.Sequence;
    private volatile bool _isSealed;

    public SegmentHeader Header { get; } = header;

    public string Name { get; } = header.Name;

    public IFile File { get; } = file;

    public SparseIndex Index { get; } = new();

    /// <summary>Bytes of the file. One writer: the writer thread.</summary>
    public long Capacity { get; set; } = capacity;

    /// <summary>Bytes of all marks and records in the segments before this one, since the journal was opened.</summary>
    public long StartBytes { get; } = startBytes;

    /// <summary>Behind the last synced item. Publishes everything before it.</summary>
    public long CommittedEnd => Volatile.Read(ref _committedEnd);

    public long LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>No more will come; readers go on to the next segment. True only once the next one is in the list.</summary>
    public bool IsSealed => _isSealed;

    public bool IsEmpty => LastSequence == Header.Base.Sequence;

    /// <summary>Whether a mark of this segment holds a copy of the cursor. The writer thread's own.</summary>
    public bool HasCursor { get; set; }

    /// <summary>When every row had passed it, in the time provider's timestamps. Guarded by the segment list's lock.</summary>
    public long? PassedAt { get; set; }

    /// <summary>Readers and streams that are in it. Guarded by the segment list's lock.</summary>
    public int Pins { get; set; }

    public void Commit(long end, long lastSequence)
    {
        Volatile.Write(ref _lastSequence, lastSequence);
        Volatile.Write(ref _committedEnd, end);
    }

    public void Seal() => _isSealed = true;
}
