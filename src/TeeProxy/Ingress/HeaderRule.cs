using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using TeeChain.Protocol;

namespace TeeProxy.Ingress;

/// <summary>Which of a message's headers are for the next hop only, and so go no further (RFC 9110 section 7.6.1).</summary>
internal static class HeaderRule
{
    private static readonly FrozenSet<string> HopByHop = new[]
    {
        "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "HTTP2-Settings",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsHopByHop(string name) =>
        HopByHop.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a client's header goes on to an application. <c>Host</c> does, whatever <c>Connection</c> says of it.
    /// </summary>
    /// <param name="named">From <see cref="NamedBy"/>.</param>
    public static bool IsForwarded(string name, IReadOnlyList<string>? named)
    {
        if (IsHopByHop(name) || HeaderNames.IsReserved(name))
        {
            return false;
        }

        return named is null || !named.Contains(name, StringComparer.OrdinalIgnoreCase) || name.Equals("Host", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The headers that <c>Connection</c> names; null in the usual case that it names none. Beside keep-alive, close or
    /// Upgrade Kestrel 10 shows that word alone, and what else was named goes on like any other header.
    /// </summary>
    public static IReadOnlyList<string>? NamedBy(StringValues connection)
    {
        if (connection.Count == 0 || (connection.Count == 1 && connection[0] is { } only && !only.Contains(',', StringComparison.Ordinal) && IsOption(only)))
        {
            return null;
        }

        return [.. connection.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }

    private static bool IsOption(string value) =>
        value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase) || value.Equals("close", StringComparison.OrdinalIgnoreCase);
}
