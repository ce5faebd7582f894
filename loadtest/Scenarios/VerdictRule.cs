using LoadTest.Options;
using LoadTest.Reports;

namespace LoadTest.Scenarios;

/// <summary>What is wrong with what was measured, a line each. Pure.</summary>
internal static class VerdictRule
{
    /// <summary>Of all phases. That a later step breaks is what <c>steps</c> is for; that the first does is wrong.</summary>
    public static IReadOnlyList<string> Problems(ScenarioName scenario, IReadOnlyList<PhaseReport> phases, TimeSpan? maxP99) =>
        [.. (scenario == ScenarioName.Steps ? phases.Take(1) : phases).SelectMany(phase => Problems(phase, maxP99))];

    public static IReadOnlyList<string> Problems(PhaseReport phase, TimeSpan? maxP99) =>
    [
        .. from flow in phase.Flows
           where flow.Failed > 0
           select $"failed: {flow.Failed} of {flow.Sent} {flow.Name} in {phase.Name}: {string.Join(", ", flow.Failures.Select(failure => $"{failure.Value} times {failure.Key}"))}",
        .. from flow in phase.Flows
           where flow.P99Ms > maxP99?.TotalMilliseconds
           select $"slow: the 99th percentile of {flow.Name} in {phase.Name} is {flow.P99Ms:0.0} ms, above --max-p99 {maxP99?.TotalMilliseconds:0.#} ms",
    ];

    /// <summary>What a steps run found out; null where there is nothing to say.</summary>
    public static string? Held(ScenarioName scenario, IReadOnlyList<PhaseReport> phases, TimeSpan? maxP99)
    {
        var held = phases.LastOrDefault(phase => Problems(phase, maxP99).Count == 0);
        return scenario != ScenarioName.Steps ? null
            : held is null ? "no step held"
            : $"held: {string.Join(" and ", held.Flows.Select(flow => $"{flow.RatePerSecond:0.#}/s of {flow.Name}"))}{(held == phases[^1] ? ", and no step broke" : $"; {string.Join("; ", Problems(phases[^1], maxP99))}")}";
    }
}
