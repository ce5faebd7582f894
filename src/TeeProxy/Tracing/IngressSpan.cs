using System.Diagnostics;
using System.Globalization;

namespace TeeProxy.Tracing;

/// <summary>
/// The span of a client's write, from its head to the end of the answer; the client's own trace goes on, or one begins.
/// Paths without query, no bodies, no other headers. Called by ingress, where spans are wanted.
/// </summary>
internal static class IngressSpan
{
    /// <param name="path">Without query.</param>
    public static Activity? Start(HttpContext context, string path)
    {
        var request = context.Request;
        var span = Spans.Start($"ingress {request.Method}", ActivityKind.Server, Parent(request.Headers));
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("http.request.method", request.Method);
            span.SetTag("url.path", path);
            span.SetTag("url.scheme", request.Scheme);
            span.SetTag("network.protocol.version", request.Protocol.Split('/')[^1]);
            if (request.Host is { HasValue: true } host)
            {
                span.SetTag("server.address", host.Host);
                span.SetTag("server.port", host.Port);
            }
        }

        return span;
    }

    public static void Answered(Activity span, int status)
    {
        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            Spans.Fail(span, status.ToString(CultureInfo.InvariantCulture), null);
        }
    }

    /// <summary>A broken or doubled line begins a trace, as W3C Trace Context section 4.3 says.</summary>
    private static ActivityContext Parent(IHeaderDictionary headers) =>
        headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, headers.TraceState.Count == 0 ? null : headers.TraceState.ToString(), isRemote: true, out var trace)
            ? trace
            : default;
}
