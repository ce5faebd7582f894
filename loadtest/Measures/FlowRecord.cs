using System.Collections.Concurrent;
using LoadTest.Engine;

namespace LoadTest.Measures;

/// <summary>
/// What came of one flow, by the time at which its requests were due, however late they were answered. Thread-safe; memory does not
/// grow with the requests: there are at most <see cref="MostWindows"/> windows.
/// </summary>
internal sealed class FlowRecord
{
    public const int MostWindows = 300;

    private readonly TimeProvider _time;
    private readonly Window[] _windows;
    private readonly ConcurrentDictionary<string, int> _failures = new();

    public FlowRecord(string name, double ratePerSecond, TimeSpan duration, TimeProvider time)
    {
        (Name, RatePerSecond, Duration, _time) = (name, ratePerSecond, duration, time);
        WindowLength = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(duration.TotalSeconds / MostWindows)));
        _windows = [.. Enumerable.Range(0, (int)Math.Ceiling(duration / WindowLength)).Select(_ => new Window())];
    }

    public string Name { get; }

    public double RatePerSecond { get; }

    public TimeSpan Duration { get; }

    public TimeSpan WindowLength { get; }

    public IReadOnlyList<Window> Windows => _windows;

    /// <summary>How much later than meant requests were sent: the generator's own share of the latencies.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Why requests failed, and how often.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    public Window WindowOf(TimeSpan due) => _windows[Math.Clamp((int)(due / WindowLength), 0, _windows.Length - 1)];

    public void Sending(Moment moment)
    {
        WindowOf(moment.Due).CountSent();
        Lateness.Record(_time.GetElapsedTime(moment.Timestamp));
    }

    /// <param name="failure">Why it failed, in one of few texts; null when it did not.</param>
    public void Ended(Moment moment, string? failure)
    {
        if (failure is null)
        {
            WindowOf(moment.Due).Latencies.Record(_time.GetElapsedTime(moment.Timestamp));
        }
        else
        {
            WindowOf(moment.Due).CountFailed();
            _failures.AddOrUpdate(failure, 1, (_, count) => count + 1);
        }
    }
}
