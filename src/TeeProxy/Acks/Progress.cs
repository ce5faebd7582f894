namespace TeeProxy.Acks;

/// <summary>
/// How far this node's application is, and what wakes the ack sender: that anything changed that the predecessor wants to
/// know, and that a client may wait for it. Delivery and the streams write, the ack sender waits. Thread-safe; at most one waiter.
/// </summary>
internal sealed class Progress(long applied) : IDisposable
{
    private readonly Bell _news = new();
    private readonly Bell _durable = new();
    private long _applied = applied;

    /// <summary>The last sequence before which nothing is undelivered.</summary>
    public long Applied => Volatile.Read(ref _applied);

    /// <summary>Never goes back: lanes may say it in any order.</summary>
    public void Apply(long sequence)
    {
        for (var known = Applied; sequence > known;)
        {
            var before = Interlocked.CompareExchange(ref _applied, sequence, known);
            if (before == known)
            {
                Ring();
                return;
            }

            known = before;
        }
    }

    /// <summary>Records are on the disk, here or on a node behind this one.</summary>
    public void RingDurable()
    {
        _durable.Ring(); // first: who hears of news asks for this next
        _news.Ring();
    }

    /// <summary>Something else changed: a row behind this node moved, or is gone.</summary>
    public void Ring() => _news.Ring();

    /// <summary>Until anything changes, or <paramref name="atMost"/> has passed. Returns whether anything changed.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _news.WaitAsync(atMost, cancellation);

    /// <summary>Until more is on the disk, or <paramref name="atMost"/> has passed.</summary>
    public Task WaitDurableAsync(TimeSpan atMost, CancellationToken cancellation) => _durable.WaitAsync(atMost, cancellation);

    public void Dispose()
    {
        _news.Dispose();
        _durable.Dispose();
    }
}
