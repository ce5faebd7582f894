using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Gateway;

/// <summary>What is refused at the door, before a worker is thought of. Pure.</summary>
internal static class DoorRule
{
    private const string Hop = "teechain";

    private static readonly GatewayProblem HopRefused = new(
        StatusCodes.Status403Forbidden, "The hop is not for clients", "Only a teeproxy speaks to a teeproxy, and not through here. Nothing was recorded.");

    private static readonly GatewayProblem NoResource = new(
        StatusCodes.Status400BadRequest, "The request names no resource", "The target must be a path; this is no forward proxy. Nothing was recorded.");

    /// <summary>Null when it may go on.</summary>
    public static GatewayProblem? Refusal(HttpContext context)
    {
        // An outsider's upgrade would become a tunnel into the chain: in any case, in any list of protocols, over HTTP/2 too.
        var upgrade = context.Request.Headers.Upgrade;
        if (upgrade.Count > 0 && IsHop(upgrade))
        {
            return HopRefused;
        }

        if (HttpMethods.IsConnect(context.Request.Method))
        {
            var protocol = context.Features.Get<IHttpExtendedConnectFeature>()?.Protocol ?? "";
            return IsHop(protocol) ? HopRefused
                : protocol.Equals("websocket", StringComparison.OrdinalIgnoreCase) ? null // RFC 8441
                : NoResource;
        }

        return TargetOf(context) is null ? NoResource : null;
    }

    /// <summary>In origin form, as sent; null where it names no resource.</summary>
    public static string? TargetOf(HttpContext context) => OriginForm.Of(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    private static bool IsHop(StringValues protocols) => protocols.ToString().Contains(Hop, StringComparison.OrdinalIgnoreCase);
}
