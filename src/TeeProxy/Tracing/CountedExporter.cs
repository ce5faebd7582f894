using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace TeeProxy.Tracing;

/// <summary>
/// The library's exporter, which tells the queue what became of each batch. Not around it but of it: the library tells the
/// resource only to the exporter that it knows.
/// </summary>
internal sealed class CountedExporter(OtlpExporterOptions options) : OtlpTraceExporter(options)
{
    /// <summary>Set before the first span.</summary>
    public SpanQueue? Queue { get; set; }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var count = activityBatch.Count;
        var result = base.Export(activityBatch);
        Queue?.Exported(count, result);
        return result;
    }
}
