namespace TeeProxy.Options;

/// <summary>Where spans go, and of how many traces.</summary>
/// <param name="Endpoint">The collector's, for traces.</param>
/// <param name="Ratio">The share of traces begun here that are recorded; one that a client began is as the client said.</param>
internal sealed record TracingOptions(Uri Endpoint, double Ratio)
{
    private const string TracesPath = "v1/traces";

    /// <returns>Null where no collector is given.</returns>
    public static TracingOptions? Read(string? otlp, string? ratio, ValueChecks values)
    {
        var share = values.Ratio("trace-ratio", ratio);
        if (otlp is null)
        {
            return null;
        }

        if (!Uri.TryCreate(otlp, UriKind.Absolute, out var collector) || collector.Scheme is not ("http" or "https") || collector is not { Query: "", Fragment: "", UserInfo: "" })
        {
            values.Refuse("otlp", otlp, "is no collector's address", "allowed: http://host:4318, or https; /v1/traces is added where it is missing");
            return null;
        }

        var path = collector.AbsolutePath.TrimEnd('/');
        return new(path.EndsWith("/" + TracesPath, StringComparison.Ordinal) ? collector : new Uri(collector, $"{path}/{TracesPath}"), share);
    }
}
