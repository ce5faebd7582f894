using TeeChain.Journaling.Writing;

namespace TeeChain.Journaling.Segments;

/// <summary>
/// Which segments may go: those that every row has passed, once they are kept long enough or the budget is exceeded.
/// Also asks for a spare in time. Dropping and preparing happen in <see cref="Step"/>, on the keeper's thread.
/// </summary>
internal sealed class Retention(SegmentList segments, SegmentStock stock, JournalOptions options, long passed)
{
    private readonly Lock _gate = new();
    private long _passed = passed;
    private long _passedBytes = segments.StartBytesAfter(passed);
    private Segment? _askedFor;

    /// <summary>Called when <see cref="Step"/> has something to do. Set once, before anything else is called.</summary>
    public Action Poke { get; set; } = static () => { };

    public long Passed => Volatile.Read(ref _passed);

    public long PassedBytes => Volatile.Read(ref _passedBytes);

    private bool IsOverBudget => segments.Bytes + stock.Bytes > options.MaxBytes;

    /// <summary>Never goes back; what is beyond the journal counts as its end.</summary>
    public void Release(long sequence, Committed committed)
    {
        lock (_gate)
        {
            sequence = Math.Min(sequence, committed.Last.Sequence);
            if (sequence <= _passed)
            {
                return;
            }

            Volatile.Write(ref _passedBytes, sequence == committed.Last.Sequence ? committed.Bytes : segments.StartBytesAfter(sequence));
            Volatile.Write(ref _passed, sequence);
        }

        PokeWhenDue();
    }

    /// <summary>Called by the writer thread. A spare is made once the active segment is half full, so that a quiet node never makes one.</summary>
    public void AfterCommit(Segment active)
    {
        if (active.CommittedEnd > active.Capacity / 2 && !ReferenceEquals(active, _askedFor))
        {
            _askedFor = active;
            Poke();
        }
    }

    public void Step()
    {
        bool isOverBudget = IsOverBudget;
        while (segments.TakeFirst(segment => IsDue(segment, isOverBudget)) is { } dropped)
        {
            stock.Drop(dropped);
            isOverBudget = IsOverBudget;
        }

        var active = segments.Active;
        if (active.CommittedEnd > active.Capacity / 2)
        {
            stock.Prepare();
        }
    }

    private void PokeWhenDue()
    {
        segments.StampPassed(Passed, options.TimeProvider.GetTimestamp());
        if (IsDue(segments.First, IsOverBudget))
        {
            Poke();
        }
    }

    private bool IsDue(Segment segment, bool isOverBudget) =>
        segment is { IsSealed: true, PassedAt: { } at } && segment.LastSequence <= Passed
        && (isOverBudget || options.TimeProvider.GetElapsedTime(at) >= options.Retain);
}
