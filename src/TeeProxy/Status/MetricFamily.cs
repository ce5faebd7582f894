using System.Text;

namespace TeeProxy.Status;

/// <summary>One metric: its name, its text and its series. Found series cost no allocation and no lock.</summary>
internal sealed class MetricFamily(string name, string help, InstrumentKind kind) : IMeasurementSink
{
    /// <summary>Labels are bounded by those who measure; should one not be, its surplus is counted under <see cref="Surplus"/>.</summary>
    internal const int MostSeries = 256;

    internal const string Surplus = "other";

    private readonly Lock _adding = new();

    // Replaced as a whole, under _adding.
    private volatile MetricSeries[] _series = [];

    private bool IsObserved => kind is InstrumentKind.ObservedCounter or InstrumentKind.ObservedGauge;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Matches(tags))
            {
                series.Record(value);
                return;
            }
        }

        Add(tags.ToArray()).Record(value);
    }

    /// <summary>Before a scrape: what an observable instrument no longer says is no longer written.</summary>
    public void ForgetObserved()
    {
        if (IsObserved)
        {
            _series = [];
        }
    }

    public void Write(StringBuilder to)
    {
        var all = _series;
        if (all.Length == 0)
        {
            return;
        }

        to.Append("# HELP ").Append(name).Append(' ').Append(PrometheusText.EscapeHelp(help)).Append('\n');
        to.Append("# TYPE ").Append(name).Append(' ').Append(kind switch
        {
            InstrumentKind.Counter or InstrumentKind.ObservedCounter => "counter",
            InstrumentKind.Histogram => "histogram",
            _ => "gauge",
        }).Append('\n');
        foreach (var series in all.OrderBy(series => series.Labels, StringComparer.Ordinal))
        {
            series.Write(to, name);
        }
    }

    private MetricSeries Add(KeyValuePair<string, object?>[] tags)
    {
        lock (_adding)
        {
            if (_series.Length >= MostSeries)
            {
                tags = [.. tags.Select(tag => KeyValuePair.Create(tag.Key, (object?)Surplus))];
            }

            // The same labels in another order are the same series: written twice, they would be an error in the format.
            var labels = string.Join(',', tags
                .OrderBy(tag => tag.Key, StringComparer.Ordinal)
                .Select(tag => $"{PrometheusText.Name(tag.Key)}=\"{PrometheusText.EscapeLabel(PrometheusText.Label(tag.Value))}\""));
            var series = Array.Find(_series, known => known.Labels == labels);
            if (series is null)
            {
                series = new MetricSeries(kind, tags, labels);
                _series = [.. _series, series];
            }

            return series;
        }
    }
}
