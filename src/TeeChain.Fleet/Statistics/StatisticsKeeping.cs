using Microsoft.Data.Sqlite;

namespace TeeChain.Fleet.Statistics;

/// <summary>
/// Brings what was counted into the store, once a second and at the end, on a thread of its own: a request neither waits for the store
/// nor fails with it. What the store would not take is kept, and tried again. <see cref="Current"/> may be asked from any thread.
/// </summary>
/// <param name="store">Null: the counts live as long as the process.</param>
internal sealed partial class StatisticsKeeping(RequestCounts counts, StatisticsStore? store, ILogger<StatisticsKeeping> log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Both under _lock. A count is in counts, in pending or in stored; never in two.
    private IReadOnlyList<WorkerCounts> _stored = [];
    private IReadOnlyList<WorkerCounts> _pending = [];

    private bool _isTrouble;

    /// <summary>All that was counted so far: here up to now, by other processes up to their last batch.</summary>
    public IReadOnlyList<WorkerCounts> Current()
    {
        lock (_lock)
        {
            _pending = WorkerCounts.Sum([.. _pending, .. counts.Drain()]);
            return WorkerCounts.Sum([.. _stored, .. _pending]);
        }
    }

    /// <summary>What is stored already. To be called before the rest.</summary>
    /// <exception cref="InvalidDataException">The file is of another release, or no database.</exception>
    public void Load()
    {
        if (store is not null)
        {
            Write(store);
        }
    }

    /// <summary>One batch.</summary>
    public void Step()
    {
        try
        {
            Load();
        }
        catch (InvalidDataException e)
        {
            Trouble(e); // Somebody has put another file there.
        }
    }

    /// <summary>Blocks until <paramref name="cancellation"/>, and for the last batch.</summary>
    public void Run(CancellationToken cancellation)
    {
        while (!cancellation.WaitHandle.WaitOne(Interval))
        {
            Step();
        }

        Step();
        store?.Dispose();
    }

    private void Write(StatisticsStore kept)
    {
        IReadOnlyList<WorkerCounts> batch;
        lock (_lock)
        {
            batch = _pending = WorkerCounts.Sum([.. _pending, .. counts.Drain()]);
        }

        try
        {
            var stored = kept.Add(batch);
            lock (_lock)
            {
                _stored = stored;
                _pending = Without(_pending, batch);
            }

            if (_isTrouble)
            {
                _isTrouble = false;
                LogBack();
            }
        }
        catch (SqliteException e)
        {
            Trouble(e);
        }
    }

    private void Trouble(Exception cause)
    {
        if (!_isTrouble)
        {
            _isTrouble = true;
            LogTrouble(cause.Message);
        }
    }

    // What Current() has added meanwhile stays.
    private static IReadOnlyList<WorkerCounts> Without(IReadOnlyList<WorkerCounts> pending, IReadOnlyList<WorkerCounts> batch) =>
        [.. WorkerCounts.Sum([.. pending, .. batch.Select(static one => new WorkerCounts(one.Worker, -one.Successes, -one.Failures, -one.Ticks))])
            .Where(static one => one is not { Successes: 0, Failures: 0, Ticks: 0 })];

    [LoggerMessage(LogLevel.Warning, "The statistics cannot be written ({Why}); they are kept in memory, and tried again every second.", EventName = "statistics_failing")]
    private partial void LogTrouble(string why);

    [LoggerMessage(LogLevel.Information, "The statistics are written again.", EventName = "statistics_back")]
    private partial void LogBack();
}
