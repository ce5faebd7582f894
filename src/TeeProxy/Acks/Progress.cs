namespace TeeProxy.Acks;

/// <summary>
/// How far this node's application is, and a bell that rings when anything changed that the predecessor wants to know.
/// Delivery writes, the ack sender waits. Thread-safe; at most one waiter.
/// </summary>
internal sealed class Progress(long applied) : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0, 1);
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

    /// <summary>Something else changed: records arrived, a row behind this node moved.</summary>
    public void Ring()
    {
        if (_bell.CurrentCount == 0)
        {
            try
            {
                _bell.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody rang at the same moment: one ring is enough.
            }
        }
    }

    /// <summary>Until the bell rings, or <paramref name="atMost"/> has passed. Returns whether it rang.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _bell.WaitAsync(atMost, cancellation);

    public void Dispose() => _bell.Dispose();
}
