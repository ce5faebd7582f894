using LoadTest.Engine;
using LoadTest.Measures;
using LoadTest.Reports;
using LoadTest.Requests;

namespace LoadTest.Scenarios;

/// <summary>Runs phases, one after the other, and shows how they go.</summary>
internal sealed class PhaseRunner(IEngine engine, Traffic traffic, Progress progress, TimeProvider time)
{
    public async Task<PhaseReport> RunAsync(Phase phase, CancellationToken cancellation)
    {
        FlowRecord? reads = phase.Gets > 0 ? new FlowRecord(Traffic.Reads, phase.Gets, phase.Duration, time) : null;
        FlowRecord? writes = phase.Posts > 0 ? new FlowRecord(Traffic.Writes, phase.Posts, phase.Duration, time) : null;
        FlowRecord[] records = [.. new[] { reads, writes }.OfType<FlowRecord>()];
        var flows = new List<Flow>();
        if (reads is not null)
        {
            flows.Add(traffic.ReadFlow(phase.Url, reads));
        }

        if (writes is not null)
        {
            flows.Add(traffic.WriteFlow(phase.Url, writes));
        }

        var (begin, processor) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shown = progress.ShowAsync(phase.Name, records, over.Token);
        await engine.RunAsync(flows, phase.Duration, cancellation);
        await over.CancelAsync();
        await shown;
        var elapsed = time.GetElapsedTime(begin);
        return PhaseReport.Of(phase.Name, phase.Url, phase.Duration, (Environment.CpuUsage.TotalTime - processor) / elapsed, records);
    }

    /// <summary>The same load before, so that connections are open and programs compiled; its writes count, its latencies do not.</summary>
    public async Task WarmUpAsync(Phase phase, TimeSpan duration, CancellationToken cancellation)
    {
        if (duration > TimeSpan.Zero)
        {
            await RunAsync(phase with { Name = "warm-up", Duration = duration }, cancellation);
        }
    }
}
