namespace LoadTest.Measures;

/// <summary>What came of the requests that were due in one stretch of time. Thread-safe.</summary>
internal sealed class Window
{
    private int _sent;
    private int _failed;

    public int Sent => Volatile.Read(ref _sent);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Of those that did not fail.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountFailed() => Interlocked.Increment(ref _failed);
}
