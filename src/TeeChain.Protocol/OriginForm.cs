namespace TeeChain.Protocol;

/// <summary>The part of a request line's target that names a resource (RFC 9112 section 3.2). Nothing is decoded or normalised.</summary>
public static class OriginForm
{
    /// <returns>
    /// Path and query exactly as sent: <c>/a%2Fb?x</c>, also of <c>http://host/a%2Fb?x</c>.
    /// Null for <c>*</c> and <c>host:port</c>, which name no resource that could be forwarded.
    /// </returns>
    public static string? Of(string target)
    {
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority <= 0)
        {
            return null;
        }

        var end = target.AsSpan(authority + 3).IndexOfAny('/', '?');
        if (end < 0)
        {
            return "/";
        }

        var rest = target[(authority + 3 + end)..];
        return rest[0] == '/' ? rest : "/" + rest;
    }
}
