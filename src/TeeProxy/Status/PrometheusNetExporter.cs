#if PROMETHEUS_NET
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prometheus;

namespace TeeProxy.Status;

/// <summary>
/// The exporter on prometheus-net 8.2.1, with a registry of its own. It is fed by <see cref="MeterFeed"/>, not by
/// prometheus-net's MeterAdapter, because that one (read in its source at 8.2.1) puts the meter's name before each
/// instrument's (<c>teechain_teechain_…</c>), writes counters as gauges, and forgets a series that has not moved for at
/// most a day, so that a total would begin anew. Names, types and texts are thus those of <see cref="TextMetricsExporter"/>.
/// </summary>
internal sealed class PrometheusNetExporter : IMetricsExporter
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly MeterFeed _feed;

    public PrometheusNetExporter(Meter meter)
    {
        _factory = Metrics.WithCustomRegistry(_registry);
        _feed = new MeterFeed(meter, (instrument, kind) => new Sink(_factory, instrument, kind));
    }

    public Task WriteAsync(Stream to, CancellationToken cancellation)
    {
        _feed.Observe();
        return _registry.CollectAndExportAsTextAsync(to, cancellation);
    }

    public void Dispose() => _feed.Dispose();

    /// <summary>One instrument as a metric of prometheus-net, whose label names are those of the first measurement that has them.</summary>
    private sealed class Sink(MetricFactory factory, Instrument instrument, InstrumentKind kind) : IMeasurementSink
    {
        private readonly string _name = PrometheusText.Name(instrument.Name);

        // prometheus-net 8.2.1 writes it as it is.
        private readonly string _help = PrometheusText.EscapeHelp(instrument.Description ?? "");
        private readonly ConcurrentDictionary<string, Collector> _byLabelNames = new(StringComparer.Ordinal);

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            // prometheus-net tells labels by their place, .NET by their name.
            var sorted = tags.ToArray();
            Array.Sort(sorted, static (one, other) => string.CompareOrdinal(one.Key, other.Key));
            var names = Array.ConvertAll(sorted, static tag => PrometheusText.Name(tag.Key));
            var values = Array.ConvertAll(sorted, static tag => PrometheusText.Label(tag.Value));
            switch (_byLabelNames.GetOrAdd(string.Join(',', names), _ => Create(names)))
            {
                case Counter counter when kind == InstrumentKind.Counter:
                    counter.WithLabels(values).Inc(value);
                    break;
                case Counter counter:
                    counter.WithLabels(values).IncTo(value);
                    break;
                case Gauge gauge when kind == InstrumentKind.UpDownCounter:
                    gauge.WithLabels(values).Inc(value);
                    break;
                case Gauge gauge:
                    gauge.WithLabels(values).Set(value);
                    break;
                case Histogram histogram:
                    histogram.WithLabels(values).Observe(value);
                    break;
            }
        }

        private Collector Create(string[] labelNames) => kind switch
        {
            InstrumentKind.Counter or InstrumentKind.ObservedCounter => factory.CreateCounter(_name, _help, labelNames, new CounterConfiguration()),
            InstrumentKind.Histogram => factory.CreateHistogram(
                _name, _help, labelNames, new HistogramConfiguration { Buckets = [.. MetricsExporter.BucketBounds] }),
            _ => factory.CreateGauge(_name, _help, labelNames, new GaugeConfiguration()),
        };
    }
}
#endif
