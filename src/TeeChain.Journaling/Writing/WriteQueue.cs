namespace TeeChain.Journaling.Writing;

/// <summary>What waits for the writer thread, in the order of arrival. Any thread adds; the writer alone takes.</summary>
internal sealed class WriteQueue(TimeProvider time, TimeSpan linger)
{
    private readonly object _gate = new();
    private readonly List<IPending> _items = [];
    private int _eager;
    private long _lazySince;
    private bool _isWaiting;
    private bool _isClosed;
    private long _queuedBytes;
    private long _takenBytes;

    /// <summary>Bytes of the items that are neither committed nor refused yet.</summary>
    public long PendingBytes => Volatile.Read(ref _queuedBytes) + Volatile.Read(ref _takenBytes);

    /// <summary>False when the queue is closed; then nothing was added.</summary>
    public bool TryAdd(IPending item)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            if (_items.Count == 0)
            {
                _lazySince = time.GetTimestamp();
            }

            _items.Add(item);
            _queuedBytes += item.Bytes;
            bool isFirst = item.IsLazy ? _items.Count == 1 : _eager++ == 0;
            if (isFirst && _isWaiting)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    /// <summary>Adds all or none, in order.</summary>
    public bool TryAddAll(List<ReceivedRun> runs)
    {
        lock (_gate)
        {
            return !_isClosed && runs.TrueForAll(TryAdd);
        }
    }

    /// <summary>
    /// Blocks until something should be committed: an eager item, lazy ones that lingered, or the writer's own backlog
    /// after <paramref name="backlogDelay"/> (null: it has none). False when closed. No timer runs when idle.
    /// </summary>
    public bool AwaitWork(TimeSpan? backlogDelay)
    {
        long began = time.GetTimestamp();
        lock (_gate)
        {
            while (true)
            {
                if (_isClosed)
                {
                    return false;
                }

                // Eager items behind a backlog that waits for room would only wait there too.
                var rest = backlogDelay is { } delay ? delay - time.GetElapsedTime(began)
                    : _eager > 0 ? TimeSpan.Zero
                    : _items.Count > 0 ? linger - time.GetElapsedTime(_lazySince)
                    : Timeout.InfiniteTimeSpan;
                if (rest != Timeout.InfiniteTimeSpan && rest <= TimeSpan.Zero)
                {
                    return true;
                }

                _isWaiting = true;
                Monitor.Wait(_gate, rest == Timeout.InfiniteTimeSpan ? Timeout.Infinite : (int)Math.Ceiling(rest.TotalMilliseconds));
                _isWaiting = false;
            }
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
            Monitor.PulseAll(_gate);
        }
    }
}
