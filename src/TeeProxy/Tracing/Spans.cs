using System.Diagnostics;
using TeeProxy.Requests;

namespace TeeProxy.Tracing;

/// <summary>
/// Where the spans of this node begin, and how the trace of a write goes from one to the next: by the line <c>traceparent</c>
/// (W3C Trace Context) of the head that is recorded, so it is the same on every node and there however late. Without
/// <c>--otlp</c> nobody listens and <see cref="AreWanted"/> is false: then nothing is made, and nothing asked but that.
/// </summary>
internal static class Spans
{
    public const string SourceName = "TeeChain";

    public const string Traceparent = "traceparent";

    public const string Tracestate = "tracestate";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool AreWanted => Source.HasListeners();

    /// <summary>What a recorded head belongs to. False where it names no trace, more than one, or one that is not sampled.</summary>
    public static bool TryRead(RecordedHead head, out ActivityContext trace)
    {
        trace = default;
        return head.Header(Traceparent) is { } parent
            && ActivityContext.TryParse(parent, head.Header(Tracestate), isRemote: true, out trace)
            && trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
    }

    /// <param name="parent">None begins a trace.</param>
    /// <param name="start">Default: now.</param>
    /// <returns>Null where nobody listens.</returns>
    public static Activity? Start(string name, ActivityKind kind, ActivityContext parent, DateTimeOffset start = default)
    {
        if (parent == default)
        {
            Activity.Current = null; // Else what happens to be current would be its parent.
        }

        return Source.StartActivity(name, kind, parent, startTime: start);
    }

    /// <summary>A span that is told of once it is over.</summary>
    public static void Tell(string name, ActivityContext parent, long sequence, DateTimeOffset start, DateTimeOffset end)
    {
        var before = Activity.Current;
        using (var span = Start(name, ActivityKind.Internal, parent, start))
        {
            span?.SetTag("teechain.sequence", sequence);
            span?.SetEndTime(end.UtcDateTime);
        }

        Activity.Current = before;
    }

    /// <summary>The attributes that tell what kind of failure it was.</summary>
    public static void Fail(Activity span, string kind, string? why)
    {
        span.SetTag("error.type", kind);
        span.SetStatus(ActivityStatusCode.Error, why);
    }
}
