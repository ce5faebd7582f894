using System.Diagnostics;
using TeeProxy.Requests;
using TeeProxy.Tracing;

namespace TeeProxy.Ingress;

/// <summary>Makes of a client's head the one that is recorded and sent to every application.</summary>
/// <param name="self">This node, for <c>Via</c>.</param>
internal sealed class ForwardedHead(Pseudonym self)
{
    /// <param name="target">In origin form, as sent.</param>
    /// <param name="span">To be recorded in the place of what the client said of its trace; null records that.</param>
    public RequestHead Of(HttpContext context, string target, Activity? span = null)
    {
        var headers = context.Request.Headers;
        var named = HeaderRule.NamedBy(headers.Connection);
        var from = Provenance.Of(context, self, named);
        var kept = new List<KeyValuePair<string, string>>(headers.Count + 4);
        foreach (var (name, values) in headers)
        {
            // The record says the body's length. An empty Host (HTTP/1.0 without one has none) is left to delivery.
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || from.Replaces(name) || (span is not null && IsOfTrace(name)) || !HeaderRule.IsForwarded(name, named))
            {
                continue;
            }

            for (var i = 0; i < values.Count; i++)
            {
                kept.Add(new(name, values[i] ?? ""));
            }
        }

        kept.Add(new(Provenance.ViaName, from.Via));
        Add(kept, Provenance.ForName, from.For);
        Add(kept, Provenance.ProtoName, from.Proto);
        Add(kept, Provenance.HostName, from.Host);
        Add(kept, Spans.Traceparent, span?.Id);
        Add(kept, Spans.Tracestate, span?.TraceStateString);
        return new RequestHead(context.Request.Method, target, kept);
    }

    private static bool IsOfTrace(string name) =>
        name.Equals(Spans.Traceparent, StringComparison.OrdinalIgnoreCase) || name.Equals(Spans.Tracestate, StringComparison.OrdinalIgnoreCase);

    private static void Add(List<KeyValuePair<string, string>> headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.Add(new(name, value));
        }
    }
}
