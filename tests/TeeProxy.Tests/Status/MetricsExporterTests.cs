using System.Diagnostics.Metrics;
using System.Text;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

/// <summary>Holds for the exporter that the build has chosen, whichever it is.</summary>
public sealed class MetricsExporterTests : IDisposable
{
    private readonly Meter _meter = new("TeeChain");
    private readonly IMetricsExporter _exporter;

    public MetricsExporterTests() => _exporter = MetricsExporter.Create(_meter);

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_counter_adds_up_by_its_labels()
    {
        var requests = _meter.CreateCounter<long>("teechain_requests_total", "{request}", "Requests.");

        requests.Add(2, new("method", "POST"), new("outcome", "answered"));
        requests.Add(3, new("method", "POST"), new("outcome", "answered"));
        requests.Add(1, new("outcome", "refused"), new("method", "PUT"));
        requests.Add(1, new("method", "PUT"), new("outcome", "refused"));

        var metrics = await ScrapeAsync();
        Assert.Equal("counter", metrics.Types["teechain_requests_total"]);
        Assert.Equal("Requests.", metrics.Helps["teechain_requests_total"]);
        Assert.Equal(5, metrics.Value("""teechain_requests_total{method="POST",outcome="answered"}"""));
        Assert.Equal(2, metrics.Value("""teechain_requests_total{method="PUT",outcome="refused"}"""));
    }

    [Fact]
    public async Task A_histogram_counts_under_the_documented_bounds()
    {
        var durations = _meter.CreateHistogram<double>("teechain_delivery_duration_seconds", "s", "Durations.");

        foreach (var seconds in (double[])[0.00005, 0.0001, 0.003, 0.003, 11])
        {
            durations.Record(seconds, new KeyValuePair<string, object?>("outcome", "delivered"));
        }

        var metrics = await ScrapeAsync();
        double Bucket(string le) => metrics.Value($$"""teechain_delivery_duration_seconds_bucket{le="{{le}}",outcome="delivered"}""");
        Assert.Equal("histogram", metrics.Types["teechain_delivery_duration_seconds"]);
        Assert.Equal(2, Bucket("0.0001"));
        Assert.Equal(2, Bucket("0.0025"));
        Assert.Equal(4, Bucket("0.005"));
        Assert.Equal(4, Bucket("10"));
        Assert.Equal(5, Bucket("+Inf"));
        Assert.Equal(5, metrics.Value("""teechain_delivery_duration_seconds_count{outcome="delivered"}"""));
        Assert.Equal(11.00615, metrics.Value("""teechain_delivery_duration_seconds_sum{outcome="delivered"}"""), 9);
        Assert.Equal(17, metrics.Samples.Keys.Count(series => series.Contains("_bucket", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_histogram_without_labels_is_well_formed()
    {
        _meter.CreateHistogram<double>("teechain_journal_commit_duration_seconds", "s", "Commits.").Record(0.2);

        var metrics = await ScrapeAsync();

        Assert.Equal(1, metrics.Value("teechain_journal_commit_duration_seconds_count"));
        Assert.Equal(0, metrics.Value("""teechain_journal_commit_duration_seconds_bucket{le="0.1"}"""));
        Assert.Equal(1, metrics.Value("""teechain_journal_commit_duration_seconds_bucket{le="0.25"}"""));
    }

    [Fact]
    public async Task Observed_values_are_those_of_the_scrape()
    {
        var value = 1L;
        _meter.CreateObservableGauge("teechain_lag_entries", () => value, description: "Lag.");
        _meter.CreateObservableCounter("teechain_redelivered_total", () => value * 10, description: "Redelivered.");

        var first = await ScrapeAsync();
        value = 7;
        var second = await ScrapeAsync();

        Assert.Equal("gauge", first.Types["teechain_lag_entries"]);
        Assert.Equal("counter", first.Types["teechain_redelivered_total"]);
        Assert.Equal(1, first.Value("teechain_lag_entries"));
        Assert.Equal(10, first.Value("teechain_redelivered_total"));
        Assert.Equal(7, second.Value("teechain_lag_entries"));
        Assert.Equal(70, second.Value("teechain_redelivered_total"));
    }

    [Fact]
    public async Task Gauges_go_both_ways()
    {
        var waiting = _meter.CreateUpDownCounter<int>("teechain_waiting", description: "Waiting.");
        var level = _meter.CreateGauge<double>("teechain_level", description: "Level.");

        waiting.Add(5);
        waiting.Add(-2);
        level.Record(0.5);
        level.Record(-1.5);

        var metrics = await ScrapeAsync();
        Assert.Equal(3, metrics.Value("teechain_waiting"));
        Assert.Equal(-1.5, metrics.Value("teechain_level"));
    }

    [Fact]
    public async Task Hostile_texts_do_not_leave_their_place()
    {
        var counter = _meter.CreateCounter<long>("teechain_odd_total", description: "A \"quoted\" \\ text\nof two lines.");

        counter.Add(1, new KeyValuePair<string, object?>("path", "a\"b\\c\nd} 1"));

        var metrics = await ScrapeAsync();
        Assert.Equal(1, metrics.Value("teechain_odd_total{path=\"a\"b\\c\nd} 1\"}"));
        Assert.Equal("A \"quoted\" \\ text\nof two lines.", metrics.Helps["teechain_odd_total"]);
    }

    [Fact]
    public async Task Other_meters_are_not_listened_to()
    {
        using var other = new Meter("TeeChain");
        other.CreateCounter<long>("teechain_foreign_total").Add(1);
        _meter.CreateCounter<long>("teechain_own_total", description: "Own.").Add(1);

        var metrics = await ScrapeAsync();

        Assert.Equal(["teechain_own_total"], metrics.Types.Keys);
    }

    [Fact]
    public async Task Measuring_and_scraping_at_once_loses_nothing()
    {
        const int Each = 5_000;
        var counter = _meter.CreateCounter<long>("teechain_busy_total", description: "Busy.");
        var durations = _meter.CreateHistogram<double>("teechain_busy_seconds", "s", "Busy.");
        var outcomes = (string[])["one", "two", "three"];

        var measuring = Task.WhenAll(outcomes.Select(outcome => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
                durations.Record(0.001);
            }
        })));
        while (!measuring.IsCompleted)
        {
            // Not parsed: prometheus-net's histograms are torn while they are measured. Ours are not; see its own tests.
            await _exporter.WriteAsync(Stream.Null, TestContext.Current.CancellationToken);
        }

        await measuring;
        var metrics = await ScrapeAsync();
        Assert.All(outcomes, outcome => Assert.Equal(Each, metrics.Value($$"""teechain_busy_total{outcome="{{outcome}}"}""")));
        Assert.Equal(Each * outcomes.Length, metrics.Value("teechain_busy_seconds_count"));
    }

    private async Task<ExpositionParser> ScrapeAsync()
    {
        using var page = new MemoryStream();
        await _exporter.WriteAsync(page, TestContext.Current.CancellationToken);
        return ExpositionParser.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }
}
