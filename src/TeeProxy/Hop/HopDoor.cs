using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>
/// The hop's door on the listen port. It refuses what came through a front door, and what is no upgrade to this version,
/// before anything of the protocol is spoken.
/// </summary>
internal sealed class HopDoor(PredecessorLink predecessor, CancellationToken stopping)
{
    /// <summary>Whether a request asks for the hop, by path or by any version's upgrade token.</summary>
    public static bool IsAskedFor(HttpContext context) =>
        context.Request.Path.Value == HopEndpoint.Path
        || context.Request.Headers.Upgrade.Any(value => value!.Contains(HopEndpoint.UpgradePrefix, StringComparison.OrdinalIgnoreCase));

    public async Task ServeAsync(HttpContext context)
    {
        if (Refusal(context) is var (status, detail))
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
}
