using System.Diagnostics.CodeAnalysis;

namespace TeeChain.Journaling.Writing;

/// <summary>What waits for the writer thread, in the order of arrival. Any thread adds; the writer alone takes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Who has just added something may ring when the writer has ended already; the bell goes with its finalizer.")]
internal sealed class WriteQueue(TimeProvider time, TimeSpan linger)
{
    private readonly Lock _gate = new();

    // Rung outside the gate: a writer that wakes while it is held would only wait again, for the gate.
    private readonly AutoResetEvent _bell = new(initialState: false);
    private readonly List<IPending> _items = [];
    private int _eager;
    private long _lazySince;
    private bool _isWaiting; // since the writer last looked; who rings takes it back, so that one ring is enough
    private bool _isAsleep; // and it will not look again by itself
    private bool _isClosed;
    private long _queuedBytes;
    private long _takenBytes;

    /// <summary>Bytes of the items that are neither committed nor refused yet.</summary>
    public long PendingBytes => Volatile.Read(ref _queuedBytes) + Volatile.Read(ref _takenBytes);

    /// <summary>False when the queue is closed; then nothing was added.</summary>
    public bool TryAdd(IPending item)
    {
        bool isDue;
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            isDue = Add(item) && StopsWaiting(item.IsLazy);
        }

        RingIf(isDue);
        return true;
    }

    /// <summary>Adds all or none, in order.</summary>
    public bool TryAddAll(List<ReceivedRun> runs)
    {
        bool isDue = false;
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            foreach (var run in runs)
            {
                isDue |= Add(run);
            }

            isDue = isDue && StopsWaiting(isLazy: false);
        }

        RingIf(isDue);
        return true;
    }

    /// <summary>
    /// Blocks until something should be committed: an eager item, lazy ones that lingered, or the writer's own backlog
    /// after <paramref name="backlogDelay"/> (null: it has none). False when closed. Within a linger of the call, which follows a commit, it looks
    /// again by itself, so that lazy items need not wake it to have it wait for others; after that no timer runs.
    /// </summary>
    public bool AwaitWork(TimeSpan? backlogDelay)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            TimeSpan rest;
            lock (_gate)
            {
                if (_isClosed)
                {
                    return false;
                }

                // Eager items behind a backlog that waits for room would only wait there too.
                rest = backlogDelay is { } delay ? delay - time.GetElapsedTime(began)
                    : _eager > 0 ? TimeSpan.Zero
                    : _items.Count > 0 ? linger - time.GetElapsedTime(_lazySince)
                    : linger - time.GetElapsedTime(began) is { } looking && looking > TimeSpan.Zero ? looking
                    : Timeout.InfiniteTimeSpan;
                _isAsleep = rest == Timeout.InfiniteTimeSpan;
                _isWaiting = _isAsleep || rest > TimeSpan.Zero;
                if (!_isWaiting)
                {
                    return true;
                }
            }

            _bell.WaitOne(rest == Timeout.InfiniteTimeSpan ? Timeout.Infinite : (int)Math.Ceiling(rest.TotalMilliseconds));
        }
    }

    public void TakeInto(List<IPending> backlog)
    {
        lock (_gate)
        {
            backlog.AddRange(_items);
            _items.Clear();
            _eager = 0;
            _takenBytes += _queuedBytes;
            _queuedBytes = 0;
        }
    }

    /// <summary>Called by the writer with what is left of the items that it took.</summary>
    public void Settle(List<IPending> backlog)
    {
        long bytes = 0;
        foreach (var item in backlog)
        {
            bytes += item.Bytes;
        }

        Volatile.Write(ref _takenBytes, bytes);
    }

    /// <summary>Nothing is added any more; what is there stays to be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _bell.Set();
    }

    /// <summary>Under the gate. True when the item is the first of its kind: the others need not wake the writer.</summary>
    private bool Add(IPending item)
    {
        if (_items.Count == 0)
        {
            _lazySince = time.GetTimestamp();
        }

        _items.Add(item);
        _queuedBytes += item.Bytes;
        return item.IsLazy ? _items.Count == 1 : _eager++ == 0;
    }

    /// <summary>Under the gate. True when the writer waits, and would too long for such an item; whoever is told so rings.</summary>
    private bool StopsWaiting(bool isLazy)
    {
        bool isDue = isLazy ? _isAsleep : _isWaiting;
        if (isDue)
        {
            _isWaiting = _isAsleep = false;
        }

        return isDue;
    }

    private void RingIf(bool isDue)
    {
        if (isDue)
        {
            _bell.Set();
        }
    }
}
