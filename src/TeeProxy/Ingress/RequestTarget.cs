using Microsoft.AspNetCore.Http.Features;
using TeeChain.Protocol;

namespace TeeProxy.Ingress;

/// <summary>What a request's line asks for.</summary>
internal static class RequestTarget
{
    /// <summary>As sent, in <see cref="OriginForm"/>; null where it names no resource.</summary>
    public static string? Of(HttpContext context) => OriginForm.Of(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    /// <summary>The target before its query.</summary>
    public static ReadOnlySpan<char> PathOf(string target) =>
        target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? target.AsSpan(0, at) : target;
}
