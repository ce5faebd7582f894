namespace TeeChain.Journaling.Segments;

/// <summary>
/// The segments in order, and who is in them. Invariant: each begins where the one before ends; the last is the one
/// that is written; a segment with a pin is neither recycled nor closed.
/// </summary>
internal sealed class SegmentList
{
    private readonly Lock _gate = new();
    private readonly List<Segment> _all;
    private bool _isClosed;

    public SegmentList(IEnumerable<Segment> segments) => _all = [.. segments];

    public Segment Active
    {
        get
        {
            lock (_gate)
            {
                return _all[^1];
            }
        }
    }

    public Segment First
    {
        get
        {
            lock (_gate)
            {
                return _all[0];
            }
        }
    }

    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                long bytes = 0;
                foreach (var segment in _all)
                {
                    bytes += segment.Capacity;
                }

                return bytes;
            }
        }
    }

    public void Add(Segment segment)
    {
        lock (_gate)
        {
            var sealing = _all[^1];
            _all.Add(segment);
            sealing.Seal();
        }
    }

    /// <summary>Pins the segment that holds the record behind <paramref name="sequence"/>, or will; null when that is dropped.</summary>
    public Segment? PinAfter(long sequence)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Journal));
            return Find(sequence) is { } segment ? Pinned(segment) : null;
        }
    }

    public Segment Pin(Segment segment)
    {
        lock (_gate)
        {
            return Pinned(segment);
        }
    }

    public Segment? PinNext(Segment segment)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Journal));
            int next = _all.IndexOf(segment) + 1;
            return next > 0 && next < _all.Count ? Pinned(_all[next]) : null;
        }
    }

    public void Unpin(Segment segment)
    {
        lock (_gate)
        {
            if (--segment.Pins == 0 && _isClosed)
            {
                segment.File.Dispose();
            }
        }
    }

    /// <summary>The cumulative bytes before the record behind <paramref name="sequence"/>, or a little less.</summary>
    public long StartBytesAfter(long sequence)
    {
        lock (_gate)
        {
            var segment = Find(sequence) ?? _all[0];
            return segment.StartBytes + (segment.Index.TryFloor(sequence + 1, out long offset) ? offset - SegmentHeader.Bytes : 0);
        }
    }

    /// <summary>Notes when every row had passed a segment, for those where that is new.</summary>
    public void StampPassed(long passed, long now)
    {
        lock (_gate)
        {
            foreach (var segment in _all)
            {
                if (segment.LastSequence > passed)
                {
                    break;
                }

                segment.PassedAt = segment.IsSealed ? segment.PassedAt ?? now : null;
            }
        }
    }

    /// <summary>Takes the first segment out when <paramref name="isDue"/> says so and nobody is in it.</summary>
    public Segment? TakeFirst(Func<Segment, bool> isDue)
    {
        lock (_gate)
        {
            if (_isClosed || _all.Count < 2 || _all[0].Pins > 0 || !isDue(_all[0]))
            {
                return null;
            }

            var first = _all[0];
            _all.RemoveAt(0);
            return first;
        }
    }

    /// <summary>Closes the files, those with a pin when the last one goes.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var segment in _all.Where(segment => segment.Pins == 0))
            {
                segment.File.Dispose();
            }
        }
    }

    private static Segment Pinned(Segment segment)
    {
        segment.Pins++;
        return segment;
    }

    private Segment? Find(long sequence)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].Header.Base.Sequence <= sequence)
            {
                return _all[i];
            }
        }

        return null;
    }
}
