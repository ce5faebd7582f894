using System.Diagnostics.Metrics;
using System.Text;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class TextMetricsExporterTests : IDisposable
{
    private readonly Meter _meter = new("TeeChain");
    private readonly TextMetricsExporter _exporter;

    public TextMetricsExporterTests() => _exporter = new TextMetricsExporter(_meter);

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task The_text_is_sorted_and_exact()
    {
        _meter.CreateObservableGauge("teechain_b", () => 0.00001, description: "Second.");
        var first = _meter.CreateCounter<long>("teechain_a_total", description: "First.");
        first.Add(2, new("to", "y"), new("from", true));
        first.Add(1, new("to", "x"), new("from", 3));

        var text = await ScrapeAsync();

        Assert.Equal(
            """
            # HELP teechain_a_total First.
            # TYPE teechain_a_total counter
            teechain_a_total{from="3",to="x"} 1
            teechain_a_total{from="True",to="y"} 2
            # HELP teechain_b Second.
            # TYPE teechain_b gauge
            teechain_b 1E-05

            """,
            text);
    }

    [Fact]
    public async Task A_series_that_is_no_longer_observed_is_no_longer_written()
    {
        Measurement<long>[] values = [new(1, new KeyValuePair<string, object?>("next", "a"))];
        _meter.CreateObservableGauge("teechain_next_connected", () => values, description: "Next.");

        var before = await ScrapeAsync();
        values = [];
        var after = await ScrapeAsync();

        Assert.Contains("teechain_next_connected{next=\"a\"} 1", before, StringComparison.Ordinal);
        Assert.Empty(after);
    }

    [Fact]
    public async Task Labels_without_bound_end_in_one_series()
    {
        var requests = _meter.CreateCounter<long>("teechain_requests_total", description: "Requests.");

        for (var i = 0; i < 1000; i++)
        {
            requests.Add(1, new KeyValuePair<string, object?>("method", "M" + i));
        }

        var metrics = ExpositionParser.Parse(await ScrapeAsync());
        Assert.Equal(257, metrics.Samples.Count);
        Assert.Equal(1000 - 256, metrics.Value("""teechain_requests_total{method="other"}"""));
    }

    [Fact]
    public async Task A_histogram_is_whole_also_while_it_is_measured()
    {
        var durations = _meter.CreateHistogram<double>("teechain_busy_seconds", "s", "Busy.");
        durations.Record(1);
        using var stop = new CancellationTokenSource();
        var measuring = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    durations.Record(1);
                }
            },
            TestContext.Current.CancellationToken);

        var scrapes = new List<ExpositionParser>();
        while (scrapes.Count < 200)
        {
            scrapes.Add(ExpositionParser.Parse(await ScrapeAsync()));
        }

        await stop.CancelAsync();
        await measuring;
        Assert.All(scrapes, scrape => Assert.Equal(scrape.Value("teechain_busy_seconds_count"), scrape.Value("teechain_busy_seconds_sum")));
    }

    [Theory]
    [InlineData("teechain.odd-name", "teechain_odd_name")]
    [InlineData("9lives", "_9lives")]
    [InlineData("grün", "gr_n")]
    public void Names_are_made_fit(string name, string written) => Assert.Equal(written, PrometheusText.Name(name));

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(9007199254740992, "9007199254740992")]
    [InlineData(0.1, "0.1")]
    public void Numbers_are_written_as_prometheus_reads_them(double value, string written) => Assert.Equal(written, PrometheusText.Number(value));

    private async Task<string> ScrapeAsync()
    {
        using var page = new MemoryStream();
        await _exporter.WriteAsync(page, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(page.ToArray());
    }
}
