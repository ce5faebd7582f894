using System.Diagnostics.Metrics;
using System.Text;
using TeeChain.Protocol.Status;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class NodeInstrumentsTests : IDisposable
{
    private readonly Meter _meter = new("TeeChain");
    private readonly IMetricsExporter _exporter;
    private NodeStatus _status = SampleStatus.Replica;
    private int _taken;

    public NodeInstrumentsTests()
    {
        _exporter = MetricsExporter.Create(_meter);
        _ = new NodeInstruments(_meter, () => { _taken++; return _status; }, 8192, TimeProvider.System);
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Every_metric_of_the_design_is_there()
    {
        var metrics = await ScrapeAsync();

        Assert.Equal(120, metrics.Value("teechain_journal_last_sequence"));
        Assert.Equal(4096, metrics.Value("teechain_journal_bytes"));
        Assert.Equal(2048, metrics.Value("teechain_journal_held_bytes"));
        Assert.Equal(8192, metrics.Value("teechain_journal_max_bytes"));
        Assert.Equal(118, metrics.Value("teechain_delivered_sequence"));
        Assert.Equal(117, metrics.Value("teechain_next_acked_sequence"));
        Assert.Equal(4, metrics.Value("teechain_lag_entries"));
        Assert.Equal(0.25, metrics.Value("teechain_lag_seconds"));
        Assert.Equal(6, metrics.Value("teechain_parked"));
        Assert.Equal(5, metrics.Value("teechain_redelivered_total"));
        Assert.Equal(7, metrics.Value("teechain_divergence_total"));
        Assert.Equal(1, metrics.Value("teechain_next_connected"));
        Assert.Equal(1, metrics.Value("teechain_chain_whole"));
        Assert.Equal(0, metrics.Value("""teechain_role{role="undecided"}"""));
        Assert.Equal(0, metrics.Value("""teechain_role{role="head"}"""));
        Assert.Equal(1, metrics.Value("""teechain_role{role="replica"}"""));
        Assert.Equal(3, metrics.Value("teechain_epoch"));
        Assert.Equal(1, metrics.Value("teechain_application_up"));
        Assert.Contains(metrics.Samples, pair => pair.Key.StartsWith("teechain_build_info{", StringComparison.Ordinal)
            && pair.Key.Contains("version=\"1.2.3\"", StringComparison.Ordinal) && pair.Value == 1);
    }

    [Fact]
    public async Task A_scrape_takes_one_snapshot()
    {
        await ScrapeAsync();
        Assert.Equal(1, _taken);

        _status = _status with { Epoch = 4 };
        var second = await ScrapeAsync();

        Assert.Equal(2, _taken);
        Assert.Equal(4, second.Value("teechain_epoch"));
    }

    [Fact]
    public async Task A_tail_says_nothing_of_a_next_node()
    {
        _status = _status with { Next = null };

        var metrics = await ScrapeAsync();

        Assert.DoesNotContain(metrics.Types.Keys, name => name.StartsWith("teechain_next", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_process_speaks_for_itself()
    {
        ProcessInstruments.AddTo(_meter);

        var metrics = await ScrapeAsync();

        Assert.InRange(metrics.Value("process_cpu_seconds_total"), 0.001, 1e6);
        Assert.InRange(metrics.Value("process_resident_memory_bytes"), 1e6, 1e11);
        Assert.InRange(metrics.Value("process_open_fds"), 3, 1e6);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange(metrics.Value("process_start_time_seconds"), now - 3600, now + 5);
    }

    private async Task<ExpositionParser> ScrapeAsync()
    {
        using var page = new MemoryStream();
        await _exporter.WriteAsync(page, TestContext.Current.CancellationToken);
        return ExpositionParser.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }
}
