namespace TeeChain.Fleet.Statistics;

/// <summary>What a worker's requests came to.</summary>
/// <param name="Ticks">What they took together, of 100 ns each.</param>
internal sealed record WorkerCounts(string Worker, long Successes, long Failures, long Ticks)
{
    public long Total => Successes + Failures;

    /// <summary>In milliseconds; 0 where there was none.</summary>
    public double AverageMilliseconds => Total == 0 ? 0 : Math.Round((double)Ticks / Total / TimeSpan.TicksPerMillisecond, 3);

    /// <summary>Added up by worker, in order of their names.</summary>
    public static IReadOnlyList<WorkerCounts> Sum(IEnumerable<WorkerCounts> counts) =>
        [.. counts.GroupBy(static one => one.Worker, StringComparer.Ordinal).Select(static group => SumUp(group.Key, group)).OrderBy(static one => one.Worker, StringComparer.Ordinal)];

    public static WorkerCounts SumUp(string name, IEnumerable<WorkerCounts> counts) =>
        counts.Aggregate(new WorkerCounts(name, 0, 0, 0), static (sum, one) =>
            sum with { Successes = sum.Successes + one.Successes, Failures = sum.Failures + one.Failures, Ticks = sum.Ticks + one.Ticks });
}
