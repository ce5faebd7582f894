namespace LoadTest.Engine;

/// <summary>
/// One thread walks the timetable, sleeps until each departure and starts it there; the answers come in on the thread pool. What is
/// late is sent at once, and its latency counts from when it was due.
/// </summary>
internal sealed class OpenLoopEngine(TimeProvider time) : IEngine
{
    public string Name => "TeeChain's own open-loop engine";

    public async Task RunAsync(IReadOnlyList<Flow> flows, TimeSpan duration, CancellationToken cancellation)
    {
        var timetable = new Timetable([.. flows.Select(flow => new Schedule(flow.RatePerSecond, duration))]);
        var underWay = new UnderWay();
        await Task.Factory.StartNew(
            () => Walk(flows, timetable, underWay, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await underWay.EndedAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private void Walk(IReadOnlyList<Flow> flows, Timetable timetable, UnderWay underWay, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        while (!cancellation.IsCancellationRequested && timetable.TryNext(out var departure))
        {
            var (flow, due) = departure.Value;
            while (due - time.GetElapsedTime(begin) is var early && early > TimeSpan.Zero)
            {
                FineSleep.For(early);
            }

            var timestamp = begin + (long)(due.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond));
            _ = underWay.FollowAsync(flows[flow], new Moment(due, timestamp));
        }
    }
}
