using System.Net;
using System.Security.Cryptography;
using System.Text;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// Who may do what at the registry's paths; pure. In this order:
/// <list type="number">
/// <item><c>/workers</c>, <c>/register-worker</c> and <c>/worker/stats</c> are open: the first and the last are for everybody, an announcement is signed.</item>
/// <item>The right Bearer token (RFC 6750: the fleet's secret) opens everything, under any name.</item>
/// <item>A wrong token opens nothing; without one, neither changes nor anything from off loopback or through a proxy is allowed.</item>
/// <item>What is left is reading on loopback: the Host must be one that DNS cannot redirect (DNS rebinding), or the own one.</item>
/// </list>
/// </summary>
internal sealed class RegistryGuard(ReadOnlyMemory<byte> secret, Address own)
{
    private const string Scheme = "Bearer ";

    // Digests have one length, so that comparing them does not tell that of the secret.
    private readonly byte[] _digest = SHA256.HashData(secret.Span);

    /// <summary>0 when it is allowed, else the status of the refusal: 401, or 421 for a browser that was led here under a foreign name.</summary>
    public int Refusal(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.Value is "/workers" or "/register-worker" or "/worker/stats")
        {
            return 0;
        }

        if (request.Headers.ContainsKey("Authorization"))
        {
            return Matches(request.Headers.Authorization.ToString()) ? 0 : StatusCodes.Status401Unauthorized;
        }

        var isForwarded = request.Headers.ContainsKey("Via") || request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("Forwarded");
        return request.Method is not ("GET" or "HEAD") || isForwarded || !IsLoopback(context.Connection.RemoteIpAddress) ? StatusCodes.Status401Unauthorized
            : IsOwnName(request.Host.Host) ? 0
            : StatusCodes.Status421MisdirectedRequest;
    }

    private bool Matches(string authorization) =>
        authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && secret.Length > 0
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())), _digest);

    private static bool IsLoopback(IPAddress? remote) =>
        remote is not null && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);

    private bool IsOwnName(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.Equals(own.Host, StringComparison.OrdinalIgnoreCase)
            || Uri.CheckHostName(name) is UriHostNameType.IPv4 or UriHostNameType.IPv6;
    }
}
