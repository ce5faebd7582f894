using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace TeeProxy.Status;

/// <summary>Our own exporter, for feeds without prometheus-net: the instruments' names as they are, sorted.</summary>
internal sealed class TextMetricsExporter : IMetricsExporter
{
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterFeed _feed;

    // One scrape at a time: between forgetting and asking again, observed series are not there.
    private readonly SemaphoreSlim _scraping = new(1);

    public TextMetricsExporter(Meter meter) => _feed = new MeterFeed(meter, FamilyOf);

    public async Task WriteAsync(Stream to, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        await _scraping.WaitAsync(cancellation);
        try
        {
            foreach (var family in _families.Values)
            {
                family.ForgetObserved();
            }

            _feed.Observe();
            foreach (var (_, family) in _families.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                family.Write(text);
            }
        }
        finally
        {
            _scraping.Release();
        }

        await to.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
    }

    public void Dispose()
    {
        _feed.Dispose();
        _scraping.Dispose();
    }

    private MetricFamily FamilyOf(Instrument instrument, InstrumentKind kind)
    {
        var name = PrometheusText.Name(instrument.Name);
        return _families.GetOrAdd(name, new MetricFamily(name, instrument.Description ?? "", kind));
    }
}
