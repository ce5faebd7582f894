using System.Collections.Concurrent;

namespace TeeChain.Fleet.Statistics;

/// <summary>What each worker's requests came to since it was last drained. Thread-safe; adding takes no lock and waits for nothing.</summary>
internal sealed class RequestCounts
{
    /// <summary>The name under which requests count that no worker was there for.</summary>
    public const string Nobody = "";

    private readonly ConcurrentDictionary<string, Row> _rows = new(StringComparer.Ordinal);

    /// <param name="isSuccess">Whether the answer's status is below 500.</param>
    public void Add(string worker, bool isSuccess, TimeSpan duration)
    {
        var row = _rows.GetOrAdd(worker, static _ => new Row());
        Interlocked.Increment(ref isSuccess ? ref row.Successes : ref row.Failures);
        Interlocked.Add(ref row.Ticks, duration.Ticks);
    }

    /// <summary>What somebody else counted.</summary>
    public void Add(WorkerCounts counts)
    {
        var row = _rows.GetOrAdd(counts.Worker, static _ => new Row());
        Interlocked.Add(ref row.Successes, counts.Successes);
        Interlocked.Add(ref row.Failures, counts.Failures);
        Interlocked.Add(ref row.Ticks, counts.Ticks);
    }

    /// <summary>Takes out what was added. Each addition is taken out once, though its duration perhaps with the next drain.</summary>
    public IReadOnlyList<WorkerCounts> Drain()
    {
        List<WorkerCounts> drained = [];
        foreach (var (worker, row) in _rows)
        {
            var counts = new WorkerCounts(
                worker, Interlocked.Exchange(ref row.Successes, 0), Interlocked.Exchange(ref row.Failures, 0), Interlocked.Exchange(ref row.Ticks, 0));
            if (counts != new WorkerCounts(worker, 0, 0, 0))
            {
                drained.Add(counts);
            }
        }

        return drained;
    }

    private sealed class Row
    {
        public long Successes;
        public long Failures;
        public long Ticks;
    }
}
