#if NBOMBER
using NBomber.CSharp;

namespace LoadTest.Engine;

/// <summary>
/// The engine on NBomber 4.1.2, which injects the virtual users. It starts those of one interval at random moments in it and measures
/// from there; so each takes the next departure of the timetable, one interval later than NBomber means it, waits for that moment and
/// is measured by us. What NBomber injects too late is thereby late in our latencies. Reports and checks are ours.
/// </summary>
internal sealed class NBomberEngine(TimeProvider time) : IEngine
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public string Name => "NBomber 4.1.2";

    public async Task RunAsync(IReadOnlyList<Flow> flows, TimeSpan duration, CancellationToken cancellation)
    {
        // NBomber takes its time before it injects: what comes first begins.
        var begin = new Lazy<long>(() => time.GetTimestamp() + (time.TimestampFrequency * (long)Interval.TotalSeconds));
        var underWay = new UnderWay();
        var scenarios = flows.Select((flow, number) =>
        {
            var schedule = new Schedule(flow.RatePerSecond, duration);
            var patient = flow with { SendAsync = moment => AtItsTimeAsync(flow, moment) };
            var last = -1L;

            // An interval more than there are departures: at its end NBomber drops those that it has not started yet.
            return Scenario
                .Create($"flow {number + 1}", async context =>
                {
                    var mine = Interlocked.Increment(ref last);
                    if (cancellation.IsCancellationRequested)
                    {
                        context.StopCurrentTest("cancelled");
                    }
                    else if (mine < schedule.Count)
                    {
                        await underWay.FollowAsync(patient, MomentOf(schedule.TimeOf(mine), begin.Value));
                    }

                    return Response.Ok();
                })
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.Inject(rate: (int)Math.Ceiling(flow.RatePerSecond), interval: Interval, during: duration + Interval));
        }).ToArray();

        // Run blocks until the last virtual user is done.
        await Task.Run(
            () => NBomberRunner.RegisterScenarios(scenarios).WithTestSuite("TeeChain").WithTestName("loadtest").WithoutReports().Run(), cancellation);
        await underWay.EndedAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task AtItsTimeAsync(Flow flow, Moment moment)
    {
        // Timers count whole milliseconds of a coarse clock and may fire early: what was sent too early would look too fast.
        while (time.GetElapsedTime(time.GetTimestamp(), moment.Timestamp) is var early && early > TimeSpan.Zero)
        {
            await Task.Delay(early + TimeSpan.FromMilliseconds(1), time);
        }

        await flow.SendAsync(moment);
    }

    private Moment MomentOf(TimeSpan due, long begin) =>
        new(due, begin + (long)(due.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond)));
}
#endif
