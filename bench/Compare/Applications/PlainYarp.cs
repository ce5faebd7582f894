using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Compare.Applications;

/// <summary>YARP as its documentation begins: one route, one static cluster, round robin, no logging. What the gateway is measured against.</summary>
internal static class PlainYarp
{
    public static async Task RunAsync(int port, IEnumerable<string> destinations)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var cluster = new ClusterConfig
        {
            ClusterId = "applications",
            LoadBalancingPolicy = "RoundRobin",
            Destinations = destinations.Select((address, i) => (Name: $"node{i}", address)).ToDictionary(one => one.Name, one => new DestinationConfig { Address = $"http://{one.address}/" }),
        };
        var route = new RouteConfig { RouteId = "all", ClusterId = cluster.ClusterId, Match = new RouteMatch { Path = "{**all}" } };
        builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);
        await using var server = builder.Build();
        server.MapReverseProxy();
        await server.RunAsync();
    }
}
