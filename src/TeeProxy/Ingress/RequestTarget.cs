using Microsoft.AspNetCore.Http.Features;

namespace TeeProxy.Ingress;

/// <summary>The four forms of a request line's target (RFC 9112 section 3.2). Nothing is decoded or normalised here.</summary>
internal static class RequestTarget
{
    /// <summary>What came on the request line, in origin form; null as below.</summary>
    public static string? Of(HttpContext context) => OriginForm(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    /// <returns>
    /// Path and query exactly as sent: <c>/a%2Fb?x</c>, also of <c>http://host/a%2Fb?x</c>.
    /// Null for <c>*</c> and <c>host:port</c>, which name no resource that could be forwarded.
    /// </returns>
    public static string? OriginForm(string raw)
    {
        if (raw.StartsWith('/'))
        {
            return raw;
        }

        var authority = raw.IndexOf("://", StringComparison.Ordinal);
        if (authority <= 0)
        {
            return null;
        }

        var end = raw.AsSpan(authority + 3).IndexOfAny('/', '?');
        if (end < 0)
        {
            return "/";
        }

        var rest = raw[(authority + 3 + end)..];
        return rest[0] == '/' ? rest : "/" + rest;
    }

    /// <summary>The target before its query.</summary>
    public static ReadOnlySpan<char> PathOf(string target) =>
        target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? target.AsSpan(0, at) : target;
}
