using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;

namespace TeeProxy.Tracing;

/// <summary>
/// Between the node and the collector: at most <see cref="MostSpans"/> wait, what comes beyond is dropped at once and counted.
/// So a collector that is down or hangs costs memory for so many spans, and no write waits for it. Thread-safe.
/// </summary>
/// <param name="exporter">Given whole batches on a thread of its own; calls <see cref="Exported"/> after each. Disposed with this.</param>
internal sealed class SpanQueue(BaseExporter<Activity> exporter, Meter meter, TimeSpan patience)
    : BatchActivityExportProcessor(exporter, MostSpans, scheduledDelayMilliseconds: 1000, exporterTimeoutMilliseconds: (int)patience.TotalMilliseconds)
{
    /// <summary>Some 2 MB; a few seconds at hundreds of writes a second.</summary>
    public const int MostSpans = 4096;

    private readonly Counter<long> _spans = meter.CreateCounter<long>("teechain_spans_total", "{span}", "Spans by what became of them.");
    private int _waiting;

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (!data.Recorded)
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MostSpans)
        {
            Interlocked.Decrement(ref _waiting);
            Count("dropped", 1);
            return;
        }

        base.OnEnd(data);
    }

    /// <summary>So many are off the queue, and this became of them.</summary>
    public void Exported(long spans, ExportResult result)
    {
        Interlocked.Add(ref _waiting, -(int)spans);
        Count(result == ExportResult.Success ? "exported" : "failed", spans);
    }

    private void Count(string outcome, long spans) => _spans.Add(spans, new KeyValuePair<string, object?>("outcome", outcome));
}
