using System.Diagnostics.Metrics;

namespace TeeProxy.Status;

/// <summary>Chooses the exporter: prometheus-net where the feed has it (<c>UsePrometheusNet=true</c>), else our own. Called by Program.</summary>
internal static class MetricsExporter
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Upper bounds of all histograms, in seconds: from a record's fsync (0.1 ms) to the default application timeout (10 s).</summary>
    public static readonly IReadOnlyList<double> BucketBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Listens from now on to the instruments of <paramref name="meter"/>, those made later too, and to no others.</summary>
    public static IMetricsExporter Create(Meter meter)
    {
#if PROMETHEUS_NET
        return new PrometheusNetExporter(meter);
#else
        return new TextMetricsExporter(meter);
#endif
    }
}
