using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TeeChain.Protocol.Hop;
using TeeProxy.Tls;

namespace TeeProxy.Hop;

/// <summary>
/// The hop's door on the listen port. It refuses what came through a front door, and what is no upgrade to this version,
/// before anything of the protocol is spoken.
/// </summary>
/// <param name="isMutual">Whether who opens must have shown a certificate for which <c>--tls-ca</c> vouches.</param>
internal sealed class HopDoor(PredecessorLink predecessor, bool isMutual, CancellationToken stopping)
{
    /// <summary>Whether a request asks for the hop, by path or by any version's upgrade token.</summary>
    public static bool IsAskedFor(HttpContext context) =>
        context.Request.Path.Value == HopEndpoint.Path
        || context.Request.Headers.Upgrade.Any(value => value!.Contains(HopEndpoint.UpgradePrefix, StringComparison.OrdinalIgnoreCase));

    public async Task ServeAsync(HttpContext context)
    {
        if ((Refusal(context) ?? Certificate(context)) is var (status, detail))
        {
            await Results.Problem(detail, statusCode: status, title: "Not a hop").ExecuteAsync(context);
            return;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null; // A long stream may be silent for as long as nobody writes.
        }

        context.Response.Headers.Upgrade = HopEndpoint.UpgradeToken;
        var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await predecessor.ServeAsync(await upgrade.UpgradeAsync(), context.Connection.RemoteIpAddress?.ToString() ?? "unknown", ending.Token);
    }

    private static (int Status, string Detail)? Refusal(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey("Via") || headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded"))
        {
            return (StatusCodes.Status403Forbidden, "The hop came through a proxy. Nodes open to each other directly; a front door must deny 'Upgrade: teechain'.");
        }

        if (context.Request.Path.Value != HopEndpoint.Path)
        {
            return (StatusCodes.Status403Forbidden, $"'Upgrade: teechain' is served at {HopEndpoint.Path} only.");
        }

        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } || headers.Upgrade != HopEndpoint.UpgradeToken)
        {
            return (StatusCodes.Status426UpgradeRequired, $"This path speaks '{HopEndpoint.UpgradeToken}' by HTTP/1.1 upgrade and nothing else.");
        }

        return null;
    }

    private (int Status, string Detail)? Certificate(HttpContext context)
    {
        if (!isMutual || context.Features.Get<PeerCertificate>() is { Refusal: null })
        {
            return null;
        }

        var refusal = context.Features.Get<PeerCertificate>()?.Refusal ?? "came without TLS";
        return (StatusCodes.Status403Forbidden, $"The hop {refusal}. This node has --tls-ca: give all nodes --tls-cert, --tls-key and --tls-ca.");
    }
}
