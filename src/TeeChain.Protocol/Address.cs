using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace TeeChain.Protocol;

/// <summary>A host and a port as operators write them: <c>:4567</c> is loopback, <c>host:port</c>, <c>[::1]:port</c>.</summary>
public sealed record Address(string Host, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>How to name it to others: a wildcard means nothing there, so this machine's name stands for it.</summary>
    public Address Told => IPAddress.TryParse(Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        ? this with { Host = Environment.MachineName.ToLowerInvariant() }
        : this;

    public Uri HttpUri => new($"http://{this}");

    /// <exception cref="FormatException">The text has none of the three forms.</exception>
    public static Address Parse(string text) => TryParse(text, out var address) ? address : throw new FormatException($"{text} is no address.");

    /// <summary>Understands the three forms; the port must be 1 to 65535 (0 too where <paramref name="anyPort"/> is set, for tests).</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Address? address, bool anyPort = false)
    {
        address = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), out var port) || port is < 0 or > 65535 || (port == 0 && !anyPort))
        {
            return false;
        }

        var host = text![..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!IPAddress.TryParse(host, out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }
        }
        else if (host.Length == 0)
        {
            host = "127.0.0.1";
        }
        else if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            return false;
        }

        address = new Address(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
