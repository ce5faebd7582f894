using System.Text;

namespace TeeProxy.Status;

/// <summary>One set of label values of a metric and what was measured under it. Thread-safe.</summary>
internal sealed class MetricSeries(InstrumentKind kind, KeyValuePair<string, object?>[] tags, string labels)
{
    private readonly Lock _gate = new();

    // A histogram's own count of each bucket, not cumulative; the last is that above all bounds.
    private readonly long[] _buckets = new long[kind == InstrumentKind.Histogram ? MetricsExporter.BucketBounds.Count + 1 : 0];

    // The value; of a histogram, the sum.
    private double _value;

    /// <summary>The labels as they are written, sorted by name.</summary>
    public string Labels => labels;

    /// <summary>Whether these tags, in this order, are this series; allocates nothing.</summary>
    public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (others[i].Key != tags[i].Key || !Equals(others[i].Value, tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public void Record(double value)
    {
        lock (_gate)
        {
            if (kind == InstrumentKind.Histogram)
            {
                _buckets[BucketOf(value)]++;
            }

            _value = kind is InstrumentKind.Gauge or InstrumentKind.ObservedGauge or InstrumentKind.ObservedCounter ? value : _value + value;
        }
    }

    public void Write(StringBuilder to, string name)
    {
        double value;
        long[] buckets;
        lock (_gate)
        {
            value = _value;
            buckets = [.. _buckets];
        }

        if (kind == InstrumentKind.Histogram)
        {
            WriteHistogram(to, name, buckets, value);
        }
        else
        {
            PrometheusText.Sample(to, name, labels, value);
        }
    }

    private void WriteHistogram(StringBuilder to, string name, long[] buckets, double sum)
    {
        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i < MetricsExporter.BucketBounds.Count ? MetricsExporter.BucketBounds[i] : double.PositiveInfinity;
            var le = $"le=\"{PrometheusText.Number(bound)}\"";
            PrometheusText.Sample(to, name + "_bucket", labels.Length == 0 ? le : $"{labels},{le}", count);
        }

        PrometheusText.Sample(to, name + "_sum", labels, sum);
        PrometheusText.Sample(to, name + "_count", labels, count);
    }

    // A bound belongs to its bucket ("le": less or equal); NaN is above all, as in Prometheus' own client.
    private static int BucketOf(double value)
    {
        var i = 0;
        while (i < MetricsExporter.BucketBounds.Count && !(value <= MetricsExporter.BucketBounds[i]))
        {
            i++;
        }

        return i;
    }
}
