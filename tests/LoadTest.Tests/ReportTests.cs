using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using LoadTest.Reports;

namespace LoadTest.Tests;

public sealed partial class ReportTests
{
    private const string Hostile = "<script>alert(\"1\")</script>&\n,\"";

    private static readonly LoadReport Failed = SampleReport.Of(SampleReport.Phase("ab", failed: 3), SampleReport.Phase(Hostile)) with { Problems = ["lost: a write", Hostile] };

    [Fact]
    public void The_text_ends_with_the_outcome_and_the_first_thing_that_is_wrong()
    {
        Assert.EndsWith("\nFAILED: lost: a write\n", TextReport.Of(Failed), StringComparison.Ordinal);
        Assert.EndsWith("\nall is there\nPASSED\n", TextReport.Of(SampleReport.Of(SampleReport.Phase("ab"))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_says_what_the_report_holds()
    {
        var json = JsonDocument.Parse(JsonSerializer.Serialize(Failed, ReportJson.Plain.LoadReport)).RootElement;

        Assert.False(json.GetProperty("hasPassed").GetBoolean());
        Assert.Equal(Hostile, json.GetProperty("problems")[1].GetString());
        var flow = json.GetProperty("phases")[0].GetProperty("flows")[0];
        Assert.Equal((3, 5.0, 2), (flow.GetProperty("failures").GetProperty("status 503").GetInt32(), flow.GetProperty("p99Ms").GetDouble(), flow.GetProperty("windows").GetArrayLength()));
    }

    [Fact]
    public void The_csv_has_a_line_a_window_and_quotes_what_is_text()
    {
        var lines = CsvReport.Of(SampleReport.Of(SampleReport.Phase("ab \"quoted\"", failed: 3))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            ["phase,flow,second,seconds,sent,failed,p50_ms,p90_ms,p99_ms,max_ms", "\"ab \"\"quoted\"\"\",\"GET /login\",0,1,500,0,1,2,5,7", "\"ab \"\"quoted\"\"\",\"GET /login\",1,1,500,3,1.5,2,5,7"],
            lines);
    }

    [Fact]
    public void The_page_needs_nothing_else_runs_nothing_and_shows_texts_as_texts()
    {
        var page = HtmlReport.Of(Failed);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"\b(src|href|@import|url\()", page);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Failed</strong>", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        var plots = Plots().Matches(page).Select(match => XElement.Parse(match.Value)).ToArray(); // well-formed, or this throws
        Assert.Equal(6, plots.Length); // of each phase: latency, rate, failures
        Assert.All(plots, plot => Assert.Equal(2, plot.Descendants("polyline").First().Attribute("points")!.Value.Split(' ').Length));
    }

    [Fact]
    public void An_axis_holds_all_values_between_rising_round_numbers() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).SelectMany(number => Gen.Choose(0, 20).Select(bits => number / 1000.0 / (1 << bits))).ListOf().ToArbitrary(), ArbMap.Default.ArbFor<bool>(),
        (values, isLogarithmic) =>
        {
            var axis = Axis.For(values, isLogarithmic);

            return axis.Ticks.Count is >= 2 and <= 15 && axis.Ticks.SequenceEqual(axis.Ticks.Order())
                && axis.Share(axis.Ticks[0]) == 0 && Math.Abs(axis.Share(axis.Ticks[^1]) - 1) < 1e-9
                && values.Where(value => !isLogarithmic || value > 0).All(value => value >= axis.Ticks[0] * (1 - 1e-6) && value <= axis.Ticks[^1] * (1 + 1e-6));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task All_forms_are_written_and_replace_those_of_an_earlier_run()
    {
        var folder = Directory.CreateTempSubdirectory("teechain-loadtest-");
        try
        {
            await ReportFolder.WriteAsync(Path.Combine(folder.FullName, "new"), Failed, TestContext.Current.CancellationToken);
            await ReportFolder.WriteAsync(Path.Combine(folder.FullName, "new"), SampleReport.Of(), TestContext.Current.CancellationToken);

            var files = folder.GetDirectories()[0].GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
            Assert.Equal(["report.csv", "report.html", "report.json", "report.txt"], files.Select(file => file.Name));
            Assert.All(files, file => Assert.DoesNotContain("a write", File.ReadAllText(file.FullName), StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("<svg viewBox.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Plots();
}
