using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TeeChain.Fleet.Statistics;
using TeeChain.Protocol;
using TeeChain.Protocol.Tls;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace TeeChain.Fleet.Gateway;

/// <summary>The front door on one Kestrel: what is refused, the fleet's own paths, and YARP for all the rest.</summary>
internal static class GatewayServer
{
    private const int MaxConnections = 10_000; // as haproxy.cfg's descriptors allow
    private const int MaxHeadBytes = 64 << 10; // more than teeproxy takes by default: its refusal says more

    /// <param name="own">The fleet's own paths; null: an application's requests alone come in here.</param>
    /// <param name="protocols">HTTP/1.1 for everybody: without TLS there is nothing to negotiate by, and with it as much is offered.</param>
    public static WebApplication Build(
        GatewayOptions options, FleetFeed feed, RequestCounts counts, OwnPaths? own, ILoggerFactory logs, TimeProvider time,
        HttpProtocols protocols = HttpProtocols.Http1, CredentialsWatch? tls = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs).AddLogging().AddRouting();
        builder.Services.AddSingleton<IHostLifetime, AskedByVerb>();
        builder.Services.AddSingleton<IProxyConfigProvider>(feed.Configuration);
        builder.Services.AddSingleton<IForwarderHttpClientFactory>(new WorkerConnections(options.Wire));
        builder.Services.AddSingleton<IProbingRequestFactory, ReadinessProbes>();
        builder.Services.AddSingleton<IAvailableDestinationsPolicy, ReadyDestinations>();
        builder.Services.AddSingleton<ReadinessPolicy>().AddSingleton<IActiveHealthCheckPolicy>(static services => services.GetRequiredService<ReadinessPolicy>());
        builder.Services.AddReverseProxy().AddTransforms(static transforms =>
        {
            transforms.UseDefaultForwarders = false;
            transforms.AddOriginalHost().RequestTransforms.Add(new HeadTransform());
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options.Listen, protocols, tls));

        var server = builder.Build();
        var dispatcher = new Dispatcher(
            new MethodRule(options.WriteMethods), server.Services.GetRequiredService<IProxyStateLookup>(), server.Services.GetRequiredService<ReadinessPolicy>(),
            counts, time, server.Lifetime.ApplicationStopping);
        server.Use(next => context => Enter(context, own, next));
        server.UseRouting();
        server.MapReverseProxy(proxy =>
        {
            proxy.Use(next => context => dispatcher.InvokeAsync(context, next));
            proxy.UseLoadBalancing();
        });
        return server;
    }

    private static Task Enter(HttpContext context, OwnPaths? own, RequestDelegate next) =>
        DoorRule.Refusal(context) is { } refused ? refused.WriteAsync(context)
        : own is not null && own.Paths.Contains(context.Request.Path.Value ?? "") ? own.Serve(context)
        : next(context);

    private static void Configure(KestrelServerOptions kestrel, Address listen, HttpProtocols protocols, CredentialsWatch? tls)
    {
        kestrel.AddServerHeader = false; // the application's own goes to the client, or none
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);

        // Bytes above 127 go through as they came in.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = null; // the teeproxy's --max-body is the limit; what is no write has none
        limits.MaxRequestLineSize = limits.MaxRequestHeadersTotalSize = MaxHeadBytes;
        limits.MaxRequestBufferSize = 2 * MaxHeadBytes;
        limits.MaxConcurrentConnections = limits.MaxConcurrentUpgradedConnections = MaxConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10); // as haproxy.cfg
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);

        kestrel.Listen(listen, tls);
    }
}
