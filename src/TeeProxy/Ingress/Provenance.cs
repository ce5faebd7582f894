using System.Net;
using Microsoft.Extensions.Primitives;

namespace TeeProxy.Ingress;

/// <summary>Where a request came from, as the headers say that this node adds.</summary>
/// <param name="For">Null when the connection has no address.</param>
/// <param name="Proto">Null when somebody in front has said it, as for <paramref name="Host"/>.</param>
internal readonly record struct Provenance(string Via, string? For, string? Proto, string? Host)
{
    public const string ForName = "X-Forwarded-For";
    public const string ProtoName = "X-Forwarded-Proto";
    public const string HostName = "X-Forwarded-Host";
    public const string ViaName = "Via";

    /// <param name="named">What <c>Connection</c> names; such a header counts as absent.</param>
    public static Provenance Of(HttpContext context, Pseudonym self, IReadOnlyList<string>? named)
    {
        var request = context.Request;
        var headers = request.Headers;
        var address = AddressOf(context.Connection.RemoteIpAddress);
        var before = Kept(headers, ForName, named);
        return new Provenance(
            self.AppendTo(headers.Via, request.Protocol),
            before.Count == 0 || address is null ? address : $"{before}, {address}",
            Kept(headers, ProtoName, named).Count == 0 ? request.Scheme : null,
            Kept(headers, HostName, named).Count == 0 && request.Headers.Host is { Count: > 0 } host && host[0]!.Length > 0 ? host[0] : null);
    }

    /// <summary>Whether the client's own is replaced by what stands here.</summary>
    public bool Replaces(string name) =>
        name.Equals(ViaName, StringComparison.OrdinalIgnoreCase) || (For is not null && name.Equals(ForName, StringComparison.OrdinalIgnoreCase));

    private static StringValues Kept(IHeaderDictionary headers, string name, IReadOnlyList<string>? named) =>
        named is not null && named.Contains(name, StringComparer.OrdinalIgnoreCase) ? StringValues.Empty : headers[name];

    private static string? AddressOf(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
}
