using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;

namespace TeeProxy.Tracing;

/// <summary>
/// Between the node and the collector: at most <see cref="MostSpans"/> wait, what comes beyond is dropped at once and counted.
/// So a collector that is down or hangs costs memory for so many spans, and no write waits for it. Thread-safe.
/// </summary>
internal sealed class SpanQueue : BaseProcessor<Activity>
{
    /// <summary>Some 2 MB; a few seconds at hundreds of writes a second.</summary>
    public const int MostSpans = 4096;

    private readonly BatchActivityExportProcessor _batches;
    private readonly Counter<long> _spans;
    private int _waiting;

    /// <param name="exporter">Given whole batches, one after the other, on a thread of its own. Disposed with this.</param>
    public SpanQueue(BaseExporter<Activity> exporter, Meter meter, TimeSpan patience)
    {
        _spans = meter.CreateCounter<long>("teechain_spans_total", "{span}", "Spans by what became of them.");
        _batches = new BatchActivityExportProcessor(
            new Counting(this, exporter), MostSpans, scheduledDelayMilliseconds: 1000, exporterTimeoutMilliseconds: (int)patience.TotalMilliseconds);
    }

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

        _batches.OnEnd(data);
    }

    /// <inheritdoc/>
    protected override bool OnForceFlush(int timeoutMilliseconds) => _batches.ForceFlush(timeoutMilliseconds);

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds) => _batches.Shutdown(timeoutMilliseconds);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batches.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(string outcome, long spans) => _spans.Add(spans, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Notes what the exporter has taken off the queue, and whether it arrived.</summary>
    private sealed class Counting(SpanQueue queue, BaseExporter<Activity> exporter) : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch)
        {
            var count = batch.Count;
            try
            {
                var result = exporter.Export(batch);
                queue.Count(result == ExportResult.Success ? "exported" : "failed", count);
                return result;
            }
            finally
            {
                Interlocked.Add(ref queue._waiting, -(int)count);
            }
        }

        protected override bool OnShutdown(int timeoutMilliseconds) => exporter.Shutdown(timeoutMilliseconds);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                exporter.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
