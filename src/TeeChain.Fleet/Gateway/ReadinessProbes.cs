using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace TeeChain.Fleet.Gateway;

/// <summary>Asks for the destination's <c>Health</c> as it stands, with its query, which YARP's own request would lose.</summary>
internal sealed class ReadinessProbes : IProbingRequestFactory
{
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination) => new(HttpMethod.Get, destination.Config.Health)
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
