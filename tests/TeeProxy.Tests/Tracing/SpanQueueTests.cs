using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using TeeProxy.Tracing;

namespace TeeProxy.Tests.Tracing;

public sealed class SpanQueueTests : IDisposable
{
    private readonly Meter _meter = new("spans");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public SpanQueueTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => _counts.AddOrUpdate((string)tags[0].Value!, value, (_, before) => before + value));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_collector_that_hangs_blocks_nobody_and_what_does_not_fit_is_counted()
    {
        var exporter = new Hanging(ExportResult.Success);
        using var queue = exporter.Queue = new SpanQueue(exporter, _meter, TimeSpan.FromSeconds(1));

        for (var i = 0; i < SpanQueue.MostSpans + 100; i++)
        {
            queue.OnEnd(Span());
        }

        Assert.Equal(100, _counts["dropped"]);
        exporter.LetGo();
        Assert.True(queue.ForceFlush(10_000));
        queue.OnEnd(Span());
        Assert.True(queue.Shutdown(10_000));
        Assert.Equal((SpanQueue.MostSpans + 1, 100), (_counts["exported"], _counts["dropped"]));
    }

    [Fact]
    public void What_the_collector_refuses_is_counted()
    {
        var exporter = new Hanging(ExportResult.Failure);
        exporter.LetGo();
        using var queue = exporter.Queue = new SpanQueue(exporter, _meter, TimeSpan.FromSeconds(1));

        queue.OnEnd(Span());
        queue.Shutdown(10_000);

        Assert.Equal(["failed"], _counts.Keys);
    }

    private static Activity Span() => new("span") { ActivityTraceFlags = ActivityTraceFlags.Recorded };

    private sealed class Hanging(ExportResult result) : BaseExporter<Activity>
    {
        private readonly ManualResetEventSlim _letGo = new();

        public SpanQueue? Queue { get; set; }

        public void LetGo() => _letGo.Set();

        public override ExportResult Export(in Batch<Activity> batch)
        {
            _letGo.Wait();
            Queue!.Exported(batch.Count, result);
            return result;
        }

        protected override void Dispose(bool disposing)
        {
            _letGo.Dispose();
            base.Dispose(disposing);
        }
    }
}
