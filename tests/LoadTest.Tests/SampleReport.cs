using LoadTest.Reports;

namespace LoadTest.Tests;

/// <summary>Reports to look at.</summary>
internal static class SampleReport
{
    public static PhaseReport Phase(string name, int failed = 0, double p99Ms = 5, double rate = 100) => new(
        name, new Uri("http://127.0.0.1:8080"), 10, 0.1,
        [
            new FlowReport(
                "GET /login", rate, rate, 1000, failed, 1, 1, 2, p99Ms, 6, 7, 0.1, 0.2, failed == 0 ? new Dictionary<string, int>() : new() { ["status 503"] = failed },
                [new WindowReport(0, 1, 500, 0, 1, 2, p99Ms, 7), new WindowReport(1, 1, 500, failed, 1.5, 2, p99Ms, 7)]),
        ]);

    public static LoadReport Of(params PhaseReport[] phases) => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "ab", 7, "an engine", "a machine", "loadtest", phases, ["all is there"], []);
}
