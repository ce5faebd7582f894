using System.Diagnostics.Metrics;

namespace TeeProxy.Ingress;

/// <summary>Counts and times requests at the door. Labels are bounded: a client's own method is "other".</summary>
internal sealed class IngressInstruments(Meter meter, TimeProvider time)
{
    private readonly Counter<long> _requests =
        meter.CreateCounter<long>("teechain_requests_total", "{request}", "Requests by method and outcome.");

    private readonly Histogram<double> _duration =
        meter.CreateHistogram<double>("teechain_request_duration_seconds", "s", "From the request's head to the end of the answer.");

    /// <summary>When a request began; goes to <see cref="Count"/>.</summary>
    public long Start() => time.GetTimestamp();

    /// <param name="outcome">One of <see cref="RequestOutcome"/>.</param>
    public void Count(string method, string outcome, long started)
    {
        var label = new KeyValuePair<string, object?>("method", Known(method));
        _requests.Add(1, label, new("outcome", outcome));
        _duration.Record(time.GetElapsedTime(started).TotalSeconds, label);
    }

    private static string Known(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "other";
}
