using LoadTest.Measures;

namespace LoadTest.Reports;

/// <summary>What was measured in a phase. Times are in ms unless they say otherwise.</summary>
/// <param name="GeneratorCores">How much of a processor core the load test itself took.</param>
internal sealed record PhaseReport(string Name, Uri Url, double Seconds, double GeneratorCores, IReadOnlyList<FlowReport> Flows)
{
    public static PhaseReport Of(string name, Uri url, TimeSpan duration, double cores, IEnumerable<FlowRecord> records) =>
        new(name, url, duration.TotalSeconds, Math.Round(cores, 3), [.. records.Select(FlowReport.Of)]);
}

/// <summary>One kind of request. Latencies count from the intended send time; those of failed requests are left out.</summary>
/// <param name="RatePerSecond">What was intended.</param>
/// <param name="AnsweredPerSecond">What was answered well.</param>
/// <param name="LateP99Ms">How late requests were sent: the generator's own share.</param>
/// <param name="Failures">Why requests failed, and how often.</param>
internal sealed record FlowReport(
    string Name, double RatePerSecond, double AnsweredPerSecond, int Sent, int Failed, double MeanMs, double P50Ms, double P90Ms, double P99Ms, double P999Ms, double MaxMs,
    double LateP99Ms, double LateMaxMs, IReadOnlyDictionary<string, int> Failures, IReadOnlyList<WindowReport> Windows)
{
    public static FlowReport Of(FlowRecord record)
    {
        var all = new LatencyHistogram();
        foreach (var window in record.Windows)
        {
            all.Add(window.Latencies);
        }

        return new FlowReport(
            record.Name, record.RatePerSecond, Math.Round(all.Count / record.Duration.TotalSeconds, 1), record.Windows.Sum(window => window.Sent), record.Windows.Sum(window => window.Failed),
            Milliseconds(all.Mean), Milliseconds(all.Percentile(50)), Milliseconds(all.Percentile(90)), Milliseconds(all.Percentile(99)), Milliseconds(all.Percentile(99.9)), Milliseconds(all.Highest),
            Milliseconds(record.Lateness.Percentile(99)), Milliseconds(record.Lateness.Highest), new SortedDictionary<string, int>(record.Failures.ToDictionary(), StringComparer.Ordinal),
            [.. record.Windows.Select((window, i) => WindowReport.Of(window, i * record.WindowLength, record))]);
    }

    internal static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}

/// <summary>What came of the requests that were due in one stretch of time.</summary>
/// <param name="Second">Where it begins, since the beginning of the phase.</param>
/// <param name="Seconds">How long it is.</param>
internal sealed record WindowReport(double Second, double Seconds, int Sent, int Failed, double P50Ms, double P90Ms, double P99Ms, double MaxMs)
{
    public double RatePerSecond => Sent / Seconds;

    public double FailedPerSecond => Failed / Seconds;

    public static WindowReport Of(Window window, TimeSpan begin, FlowRecord record)
    {
        var length = record.Duration - begin < record.WindowLength ? record.Duration - begin : record.WindowLength;
        return new WindowReport(
            begin.TotalSeconds, length.TotalSeconds, window.Sent, window.Failed, FlowReport.Milliseconds(window.Latencies.Percentile(50)),
            FlowReport.Milliseconds(window.Latencies.Percentile(90)), FlowReport.Milliseconds(window.Latencies.Percentile(99)), FlowReport.Milliseconds(window.Latencies.Highest));
    }
}
