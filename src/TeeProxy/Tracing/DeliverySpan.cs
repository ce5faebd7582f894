using System.Diagnostics;
using System.Globalization;
using System.Text;
using TeeChain.Protocol;
using TeeProxy.Requests;

namespace TeeProxy.Tracing;

/// <summary>The span of one attempt to deliver a write to the application, which is told of it by <c>traceparent</c>.</summary>
internal static class DeliverySpan
{
    private static ReadOnlySpan<byte> Line => "\r\ntraceparent: 00-"u8;

    /// <returns>Null where spans are not wanted, or the write belongs to no trace.</returns>
    public static Activity? Start(RecordedHead head, long sequence, Address application, bool isRedelivery)
    {
        if (!Spans.AreWanted || !Spans.TryRead(head, out var trace))
        {
            return null;
        }

        var method = Encoding.Latin1.GetString(head.Method);
        var span = Spans.Start($"deliver {method}", ActivityKind.Client, trace);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("http.request.method", method);
            span.SetTag("url.path", Encoding.Latin1.GetString(head.Path));
            span.SetTag("server.address", application.Host);
            span.SetTag("server.port", application.Port);
            span.SetTag("teechain.sequence", sequence);
            if (isRedelivery)
            {
                span.SetTag("teechain.redelivery", true);
            }
        }

        return span;
    }

    public static void Answered(Activity span, int status)
    {
        span.SetTag("http.response.status_code", status);
        if (status >= 400)
        {
            Spans.Fail(span, status.ToString(CultureInfo.InvariantCulture), null);
        }
    }

    /// <summary>
    /// Puts the span's own id in the place of the recorded one, so that what the application does is its child. The trace is
    /// the same, so the line keeps its length; one of another version of the standard stays as it is.
    /// </summary>
    /// <param name="head">As it goes to the application.</param>
    public static void Name(Span<byte> head, Activity span)
    {
        for (var at = 0; head[at..].IndexOf((byte)'\r') is >= 0 and var found; at += found + 1)
        {
            var line = head[(at + found)..];
            if (line.Length > Line.Length + 52 && Ascii.EqualsIgnoreCase(line[..Line.Length], Line) && line[Line.Length + 52] == '\r')
            {
                Encoding.ASCII.GetBytes(span.Id.AsSpan(3), line[Line.Length..]);
                return;
            }
        }
    }
}
