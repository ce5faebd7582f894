using System.Globalization;
using System.Net;
using System.Text;

namespace LoadTest.Reports;

/// <summary>The report as one page that needs nothing else: no script, no picture, no font from elsewhere. Pure.</summary>
internal static class HtmlReport
{
    public static string Of(LoadReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{(report.HasPassed ? "Passed" : "Failed")}: load test {Encoded(report.Scenario)}</title>
            <style>
            {HtmlStyle.Css}
            </style>
            </head>
            <body>
            <h1>Load test <code>{Encoded(report.Scenario)}</code></h1>
            <p class="quiet">{report.Started:yyyy-MM-dd HH:mm:ss} UTC · seed {report.Seed} · {Encoded(report.Machine)} · {Encoded(report.Engine)}</p>
            <p class="quiet"><code>{Encoded(report.Command)}</code></p>
            <div class="verdict {(report.HasPassed ? "good" : "bad")}"><strong>{(report.HasPassed ? "Passed" : "Failed")}</strong>
            <ul>{Items(report.Problems)}{Items(report.Findings)}</ul></div>

            """);
        AppendTable(page, report.Phases);
        foreach (var phase in report.Phases)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Encoded(phase.Name)}: {Encoded(Address(phase))} for {phase.Seconds:0} s</h2>\n<div class=\"plots\">\n");
            page.AppendJoin("", Plots(phase).Select(plot => plot.Draw())).Append("</div>\n");
        }

        page.Append(
            "<p class=\"quiet\">Latencies count from the intended send time, so they hold the time that a request had to wait for its turn. Failed requests have none. "
            + "<em>Sent late</em> is the generator's own delay (99th percentile), <em>cores</em> what it took of the processors. Values show where the pointer rests on a plot.</p>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void AppendTable(StringBuilder page, IReadOnlyList<PhaseReport> phases)
    {
        page.Append("<div class=\"wide\"><table><tr><th>phase</th><th>requests</th><th>meant/s</th><th>good/s</th><th>sent</th><th>failed</th><th>mean</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>max ms</th><th>sent late</th><th>cores</th></tr>\n");
        foreach (var (phase, flow) in phases.SelectMany(phase => phase.Flows.Select(flow => (phase, flow))))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encoded(phase.Name)}</td><td>{Encoded(flow.Name)}</td><td>{flow.RatePerSecond:0.#}</td><td>{flow.AnsweredPerSecond:0.#}</td><td>{flow.Sent}</td><td>{flow.Failed}</td>");
            page.AppendJoin("", new[] { flow.MeanMs, flow.P50Ms, flow.P90Ms, flow.P99Ms, flow.P999Ms, flow.MaxMs, flow.LateP99Ms, phase.GeneratorCores }.Select(number => string.Create(CultureInfo.InvariantCulture, $"<td>{number:0.00}</td>"))).Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static IEnumerable<SvgPlot> Plots(PhaseReport phase)
    {
        IReadOnlyList<double> seconds = [.. phase.Flows[0].Windows.Select(window => window.Second)];
        return
        [
            .. phase.Flows.Select(flow => new SvgPlot(
                $"Latency of {flow.Name}, ms", "ms", IsLogarithmic: true, seconds,
                [Line("p50", flow, window => window.P50Ms), Line("p90", flow, window => window.P90Ms), Line("p99", flow, window => window.P99Ms)])),
            new SvgPlot("Requests a second", "/s", IsLogarithmic: false, seconds, [.. phase.Flows.Select(flow => Line(flow.Name, flow, window => window.RatePerSecond))]),
            new SvgPlot("Failed requests a second", "/s", IsLogarithmic: false, seconds, [.. phase.Flows.Select(flow => Line(flow.Name, flow, window => window.FailedPerSecond))]),
        ];
    }

    private static Series Line(string name, FlowReport flow, Func<WindowReport, double> value) => new(name, [.. flow.Windows.Select(value)]);

    private static string Address(PhaseReport phase) => phase.Url.GetLeftPart(UriPartial.Authority);

    private static string Items(IReadOnlyList<string> lines) => string.Concat(lines.Select(line => $"<li>{Encoded(line)}</li>"));

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
