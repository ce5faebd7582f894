namespace TeeProxy.Acks;

/// <summary>Rings that nobody has heard yet are one ring. Thread-safe; at most one waiter.</summary>
internal sealed class Bell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        if (_rung.CurrentCount == 0)
        {
            try
            {
                _rung.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody rang at the same moment: one ring is enough.
            }
        }
    }

    /// <summary>Until it rings, or <paramref name="atMost"/> has passed. Returns whether it rang.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _rung.WaitAsync(atMost, cancellation);

    public void Dispose() => _rung.Dispose();
}
