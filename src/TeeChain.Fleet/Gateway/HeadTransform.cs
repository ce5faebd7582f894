using System.Net;
using TeeChain.Protocol;
using Yarp.ReverseProxy.Transforms;

namespace TeeChain.Fleet.Gateway;

/// <summary>
/// The head that goes to a worker, behind YARP's copy of the client's: the target exactly as sent, nothing that speaks for TeeChain,
/// and where the request came from.
/// </summary>
internal sealed class HeadTransform : RequestTransform
{
    private const string ForName = "X-Forwarded-For";
    private const string ProtoName = "X-Forwarded-Proto";

    /// <summary>From here on a teeproxy is asked first whether it takes a body: its refusal (413) could drown in what it does not read.</summary>
    private const long AskedFirstBytes = 1 << 20;

    // Else System.Uri would resolve dots and decode what it deems safe.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var client = context.HttpContext;
        var request = context.ProxyRequest;
        request.RequestUri = new Uri(context.DestinationPrefix + DoorRule.TargetOf(client), in Verbatim);
        RemoveReserved(request);

        // SocketsHttpHandler sends a request without content again when a pooled connection closes (dotnet/runtime#86714);
        // one with content it does not, and only what is safe (RFC 9110 section 9.2.1) may happen twice.
        if (request.Content is null && !MethodRule.IsSafe(client.Request.Method))
        {
            request.Content = new ByteArrayContent([]);
        }
        else if (client.Request.ContentLength >= AskedFirstBytes
            && client.GetReverseProxyFeature().Cluster.Config.ClusterId is ClusterRule.Writes or ClusterRule.FirstWrite)
        {
            request.Headers.ExpectContinue = true;
        }

        if (AddressOf(client.Connection.RemoteIpAddress) is { } address)
        {
            var before = TakeHeader(context, ForName);
            request.Headers.TryAddWithoutValidation(ForName, before.Count == 0 ? address : $"{before}, {address}");
        }

        request.Headers.Remove(ProtoName);
        request.Headers.TryAddWithoutValidation(ProtoName, client.Request.Scheme);
        return default;
    }

    private static void RemoveReserved(HttpRequestMessage request)
    {
        List<string>? reserved = null;
        foreach (var header in request.Headers.NonValidated)
        {
            if (HeaderNames.IsReserved(header.Key))
            {
                (reserved ??= []).Add(header.Key);
            }
        }

        reserved?.ForEach(name => request.Headers.Remove(name));
    }

    private static string? AddressOf(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
}
