using LoadTest.Options;
using LoadTest.Reports;

namespace LoadTest.Scenarios;

/// <summary>Which phases are run, and with what end.</summary>
internal sealed class Scenario(LoadOptions options, PhaseRunner runner)
{
    private const int Steps = 40;

    /// <param name="single">One application of the fleet; only for the scenario that compares.</param>
    public Task<IReadOnlyList<PhaseReport>> RunAsync(Uri? single, CancellationToken cancellation) => options.Scenario switch
    {
        ScenarioName.SingleVsFleet => SingleVsFleetAsync(single!, cancellation),
        ScenarioName.Steps => StepsAsync(cancellation),
        _ => AbAsync(cancellation),
    };

    private async Task<IReadOnlyList<PhaseReport>> AbAsync(CancellationToken cancellation)
    {
        var phase = new Phase("ab", options.Url, options.Gets, options.Posts, options.Duration);
        await runner.WarmUpAsync(phase, options.WarmUp, cancellation);
        return [await runner.RunAsync(phase, cancellation)];
    }

    /// <summary>GETs only: a POST that went to one application would be missing from the others.</summary>
    private async Task<IReadOnlyList<PhaseReport>> SingleVsFleetAsync(Uri single, CancellationToken cancellation)
    {
        var reports = new List<PhaseReport>();
        foreach (var (name, url) in new[] { ("single", single), ("fleet", options.Url) })
        {
            var phase = new Phase(name, url, options.Gets, Posts: 0, options.Duration);
            await runner.WarmUpAsync(phase, options.WarmUp, cancellation);
            reports.Add(await runner.RunAsync(phase, cancellation));
        }

        return reports;
    }

    /// <summary>A quarter of the rates, two quarters, …, until a step breaks.</summary>
    private async Task<IReadOnlyList<PhaseReport>> StepsAsync(CancellationToken cancellation)
    {
        var reports = new List<PhaseReport>();
        for (var step = 1; step <= Steps && !(reports.Count > 0 && VerdictRule.Problems(reports[^1], options.MaxP99).Count > 0); step++)
        {
            var phase = new Phase($"step {step}", options.Url, options.Gets * step / 4, options.Posts * step / 4, options.Duration);
            await runner.WarmUpAsync(phase, step == 1 ? options.WarmUp : TimeSpan.Zero, cancellation);
            reports.Add(await runner.RunAsync(phase, cancellation));
        }

        return reports;
    }
}
