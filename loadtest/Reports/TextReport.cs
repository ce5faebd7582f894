using System.Text;

namespace LoadTest.Reports;

/// <summary>The report for people and logs. The last line says whether all is well.</summary>
internal static class TextReport
{
    public static string Of(LoadReport report)
    {
        var text = new StringBuilder();
        text.Append($"loadtest {report.Scenario}, {report.Started:yyyy-MM-dd HH:mm:ss} UTC, seed {report.Seed}\n{report.Machine}; {report.Engine}\n{report.Command}\n");
        foreach (var phase in report.Phases)
        {
            text.Append($"\n{phase.Name}: {phase.Url.GetLeftPart(UriPartial.Authority)} for {phase.Seconds:0} s; the generator took {phase.GeneratorCores:0.00} of a core\n");
            text.Append($"{"",-33}{"meant/s",9}{"good/s",9}{"sent",9}{"failed",8}{"mean",9}{"p50",9}{"p90",9}{"p99",9}{"p99.9",9}{"max ms",9}{"sent late",11}\n");
            foreach (var flow in phase.Flows)
            {
                text.Append(
                    $"{flow.Name,-33}{flow.RatePerSecond,9:0.#}{flow.AnsweredPerSecond,9:0.#}{flow.Sent,9}{flow.Failed,8}{flow.MeanMs,9:0.00}{flow.P50Ms,9:0.00}{flow.P90Ms,9:0.00}"
                    + $"{flow.P99Ms,9:0.00}{flow.P999Ms,9:0.00}{flow.MaxMs,9:0.00}{flow.LateP99Ms,11:0.00}\n");
            }
        }

        text.Append("\nLatencies in ms, from the intended send time, of requests that did not fail; sent late: 99th percentile of the generator's own delay.\n");
        text.AppendJoin("", report.Findings.Select(line => $"{line}\n")).AppendJoin("", report.Problems.Select(line => $"{line}\n"));
        return text.Append(report.HasPassed ? "PASSED\n" : $"FAILED: {report.Problems[0]}\n").ToString();
    }
}
