namespace TeeProxy.Status;

/// <summary>Writes a second over the last few seconds, from a count that only rises. Thread-safe.</summary>
internal sealed class WriteRate(TimeProvider time)
{
    /// <summary>Long enough for a steady number, short enough to see a change.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);

    // Invariant: oldest first; at most the first is older than the span.
    private readonly Queue<(long At, long Count)> _samples = new();

    /// <summary>Notes the count as it is now. Call a few times within the span.</summary>
    public void Note(long count)
    {
        lock (_samples)
        {
            _samples.Enqueue((time.GetTimestamp(), count));
            while (_samples.Count > 2 && time.GetElapsedTime(_samples.ElementAt(1).At) >= Span)
            {
                _samples.Dequeue();
            }
        }
    }

    /// <summary>To one decimal; 0 before there are two samples.</summary>
    public double PerSecond()
    {
        lock (_samples)
        {
            if (_samples.Count < 2)
            {
                return 0;
            }

            var (oldest, newest) = (_samples.Peek(), _samples.Last());
            var seconds = time.GetElapsedTime(oldest.At, newest.At).TotalSeconds;
            return seconds > 0 ? Math.Round((newest.Count - oldest.Count) / seconds, 1) : 0;
        }
    }
}
