using System.Net;
using TeeChain.Protocol;

namespace TeeProxy.Status;

/// <summary>What the guard is asked about a request to the admin port.</summary>
/// <param name="Remote">Who is connected; null counts as somebody far.</param>
/// <param name="Forwarded">Whether a proxy passed it on, so that <paramref name="Remote"/> is the proxy.</param>
/// <param name="Host">The host named by the client, without port, IPv6 in brackets; empty for none.</param>
internal readonly record struct AdminRequest(IPAddress? Remote, bool Forwarded, string Method, string Path, string? Authorization, string Host);

/// <summary>What the guard says.</summary>
internal enum AdminVerdict
{
    Allowed,

    /// <summary>401: the Bearer token is missing or wrong.</summary>
    Unauthorized,

    /// <summary>421: a browser was led here under a foreign name.</summary>
    Misdirected,
}

/// <summary>
/// Who may do what on the admin port; pure. In this order:
/// <list type="number">
/// <item>Reading <c>/livez</c>, <c>/readyz/…</c> and <c>/metrics</c> is open to all: probes have no secrets, and HAProxy's send no Host.</item>
/// <item>The right Bearer token opens everything, under any name: no foreign web page has it.</item>
/// <item>A wrong token opens nothing; without one, neither changes, nor applications' answers (<c>/admin/answers/…</c>), nor anything from off loopback (or through a proxy) is allowed.</item>
/// <item>
/// What is left is reading on loopback without a token, as a browser does it. There a web page could have its own name
/// resolve to 127.0.0.1 (DNS rebinding) and read along, so the Host must be one that DNS cannot redirect: an IP literal,
/// <c>localhost</c>, or the configured admin host. Its port may be any: tunnels and port mappings change it, and an
/// attack does not need to.
/// </item>
/// </list>
/// </summary>
internal sealed class AdminGuard(Address admin, AdminToken token)
{
    public AdminVerdict Decide(in AdminRequest request)
    {
        var reads = request.Method is "GET" or "HEAD";
        if (reads && IsOpen(request.Path))
        {
            return AdminVerdict.Allowed;
        }

        if (request.Authorization is not null)
        {
            return token.Matches(request.Authorization) ? AdminVerdict.Allowed : AdminVerdict.Unauthorized;
        }

        if (!reads || IsSecret(request.Path) || request.Forwarded || !IsLoopback(request.Remote))
        {
            return AdminVerdict.Unauthorized;
        }

        return IsOwnName(request.Host) ? AdminVerdict.Allowed : AdminVerdict.Misdirected;
    }

    private static bool IsOpen(string path) =>
        path is "/livez" or "/metrics" || path.StartsWith("/readyz/", StringComparison.Ordinal);

    /// <summary>Answers and bodies of writes hold what the journal's files hide from other users of the machine.</summary>
    private static bool IsSecret(string path) => path.StartsWith("/admin/answers/", StringComparison.Ordinal);

    private static bool IsLoopback(IPAddress? remote) =>
        remote is not null && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);

    private bool IsOwnName(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals(admin.Host, StringComparison.OrdinalIgnoreCase)
            || Uri.CheckHostName(name) is UriHostNameType.IPv4 or UriHostNameType.IPv6;
    }
}
