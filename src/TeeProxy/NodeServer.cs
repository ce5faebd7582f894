using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TeeChain.Protocol;
using TeeProxy.Hop;
using TeeProxy.Ingress;
using TeeProxy.Options;
using TeeProxy.Tls;
using Yarp.ReverseProxy.Forwarder;

namespace TeeProxy;

/// <summary>A node's two doors on one Kestrel: the listen port for clients and the predecessor, the admin port for operators.</summary>
internal static class NodeServer
{
    /// <summary>Marks a connection that came in by the admin port.</summary>
    private sealed class AdminDoor
    {
        public static readonly AdminDoor Instance = new();
    }

    /// <param name="node">Whose doors they are.</param>
    /// <param name="tee">Makes what serves the listen port, but for the hop.</param>
    /// <param name="admin">Serves the admin port.</param>
    public static WebApplication Build(Node node, Func<IHttpForwarder, RequestDelegate> tee, RequestDelegate admin)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(node.Logs);
        builder.Services.AddSingleton<IHostLifetime, AskedByNodeLife>();
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore()
            .UseSockets(sockets => sockets.MaxReadBufferSize = KestrelLimits.ReadBufferBytes)
            .ConfigureKestrel(kestrel => Configure(kestrel, node));

        var server = builder.Build();
        var hop = new HopDoor(node.Predecessor, node.Credentials is { Current.IsMutual: true }, server.Lifetime.ApplicationStopping);
        var clients = tee(server.Services.GetRequiredService<IHttpForwarder>());
        server.Run(context =>
            context.Features.Get<AdminDoor>() is not null ? admin(context)
            : HopDoor.IsAskedFor(context) ? hop.ServeAsync(context)
            : clients(context));
        return server;
    }

    /// <summary>What an operator should read when the doors cannot be opened; null when it is something else.</summary>
    public static string? WhyNotStarted(Exception failure, NodeOptions options)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is AddressInUseException)
            {
                return $"an address is in use already: {failure.Message} Give another --listen (now {options.Listen}) or --admin (now {options.Admin}).";
            }
        }

        return failure is IOException or System.Net.Sockets.SocketException
            ? $"cannot listen: {failure.Message} (--listen {options.Listen}, --admin {options.Admin})"
            : null;
    }

    private static void Configure(KestrelServerOptions kestrel, Node node)
    {
        var options = node.Options;
        var tls = node.Credentials is { } credentials ? new TlsDoor(credentials) : null;
        KestrelLimits.Apply(kestrel, options.MaxHeadBytes);
        Listen(kestrel, options.Listen, door => tls?.Open(door, forNodes: true));
        Listen(kestrel, options.Admin, door =>
        {
            tls?.Open(door, forNodes: false);
            door.Use(next => connection =>
            {
                connection.Features.Set(AdminDoor.Instance);
                return next(connection);
            });
        });
    }

    private static void Listen(KestrelServerOptions kestrel, Address address, Action<ListenOptions> configure)
    {
        var addresses = IPAddress.TryParse(address.Host, out var ip) ? [ip] : Dns.GetHostAddresses(address.Host);
        foreach (var one in addresses)
        {
            kestrel.Listen(one, address.Port, configure);
        }
    }

    /// <summary>Signals are <see cref="NodeLife"/>'s: Kestrel must not stop before the node has drained.</summary>
    private sealed class AskedByNodeLife : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
