using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TeeProxy.Ingress;

/// <summary>How Kestrel is set for the listen port. Called once, before an endpoint is added.</summary>
internal static class KestrelLimits
{
    /// <summary>A descriptor and some 20 KB each: 10,000 fit a service's usual limits. More than that is a misconfigured front door.</summary>
    public const long MaxConnections = 10_000;

    /// <summary>
    /// What a connection holds between the socket and whoever reads it. The transport's own 1 MiB is 64 MB for 64 uploads,
    /// and without TLS it is this that counts, not <see cref="KestrelServerLimits.MaxRequestBufferSize"/>.
    /// </summary>
    public const int ReadBufferBytes = 64 << 10;

    /// <param name="maxHeadBytes"><c>--max-head</c>. <see cref="HeadSize"/> holds it; far over it Kestrel answers 414 or 431 by itself, without a text.</param>
    public static void Apply(KestrelServerOptions options, int maxHeadBytes)
    {
        options.AddServerHeader = false; // The application's own goes to the client, or none.
        options.AllowSynchronousIO = false;
        options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1); // Without TLS there is nothing to negotiate by.

        // Bytes above 127 come out as they came in, and are recorded as they came in.
        options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        var limits = options.Limits;
        limits.MaxRequestBodySize = null; // --max-body is checked by ingress, which says more; what is no write has no limit.
        limits.MaxRequestBufferSize = Math.Max(128 << 10, maxHeadBytes * HeadSize.KestrelFactor);
        limits.MaxRequestLineSize = maxHeadBytes * HeadSize.KestrelFactor;
        limits.MaxRequestHeadersTotalSize = maxHeadBytes * HeadSize.KestrelFactor;
        limits.MaxRequestHeaderCount = 100; // Kestrel's; browsers send 20.
        limits.MaxConcurrentConnections = MaxConnections;
        limits.MaxConcurrentUpgradedConnections = MaxConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15); // A head comes in one piece; slower is an attack that holds connections.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130); // Kestrel's; longer than front doors keep theirs, so that they close first.

        // A body slower than this holds a connection for nothing; the first 5 s are free for slow starts.
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
