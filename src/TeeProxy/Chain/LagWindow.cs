namespace TeeProxy.Chain;

/// <summary>
/// What a sequence was a while ago: "within max-lag" asks what was there then, not how much is missing now.
/// Thread-safe.
/// </summary>
internal sealed class LagWindow(TimeProvider time, TimeSpan maxLag)
{
    // Invariant: oldest first, rising; after DropOutlived at most the first sample is older than max-lag.
    private readonly Queue<Sample> _samples = new();

    private readonly record struct Sample(long At, long Sequence);

    /// <summary>Notes the sequence as it is now. Call at least twice a max-lag.</summary>
    public void Note(long sequence)
    {
        lock (_samples)
        {
            _samples.Enqueue(new Sample(time.GetTimestamp(), sequence));
            DropOutlived();
        }
    }

    /// <summary>What was known is worth nothing any more: the watch begins anew.</summary>
    public void Clear()
    {
        lock (_samples)
        {
            _samples.Clear();
        }
    }

    /// <summary>The sequence as it was max-lag ago; null while this window has not watched for so long.</summary>
    public long? Then()
    {
        lock (_samples)
        {
            DropOutlived();
            return _samples.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= maxLag ? oldest.Sequence : null;
        }
    }

    /// <summary>For how long at least something beyond <paramref name="applied"/> has been known.</summary>
    public TimeSpan Behind(long applied)
    {
        lock (_samples)
        {
            foreach (var sample in _samples)
            {
                if (sample.Sequence > applied)
                {
                    return time.GetElapsedTime(sample.At);
                }
            }

            return TimeSpan.Zero;
        }
    }

    /// <summary>Of the samples that are max-lag old, only the newest counts. Called with the lock held.</summary>
    private void DropOutlived()
    {
        while (_samples.Count > 1 && time.GetElapsedTime(_samples.ElementAt(1).At) >= maxLag)
        {
            _samples.Dequeue();
        }
    }
}
