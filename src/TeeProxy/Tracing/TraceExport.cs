using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TeeProxy.Options;

namespace TeeProxy.Tracing;

/// <summary>
/// Sends this node's spans to a collector by OTLP (http/protobuf), for as long as it lives. Made once by the composition,
/// where <c>--otlp</c> is given; from then on <see cref="Spans.AreWanted"/>. The end waits for the collector 2 s at most.
/// </summary>
internal sealed class TraceExport : IDisposable
{
    /// <summary>How long a collector may take for a batch. The next waits for it, writes do not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly TracerProvider _provider;

    /// <param name="role">What the node is at the moment.</param>
    public TraceExport(TracingOptions options, Guid node, Func<string> role, string version, Meter meter)
    {
        var exporter = new CountedExporter(new OtlpExporterOptions
        {
            Endpoint = options.Endpoint,
            Protocol = OtlpExportProtocol.HttpProtobuf,
            TimeoutMilliseconds = (int)Patience.TotalMilliseconds,
        });
        var queue = exporter.Queue = new SpanQueue(exporter, meter, Patience);
        _provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("teeproxy", serviceVersion: version, autoGenerateServiceInstanceId: false, serviceInstanceId: node.ToString()))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Ratio)))
            .AddSource(Spans.SourceName)
            .AddProcessor(new NodeTags(node.ToString(), role))
            .AddProcessor(queue)
            .Build();
    }

    public void Dispose()
    {
        _provider.Shutdown((int)LastWords.TotalMilliseconds);
        _provider.Dispose();
    }
}
