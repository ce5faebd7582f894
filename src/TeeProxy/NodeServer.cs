using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TeeProxy.Hop;
using TeeProxy.Options;

namespace TeeProxy;

/// <summary>A node's two doors on one Kestrel: the listen port for clients and the predecessor, the admin port for operators.</summary>
internal static class NodeServer
{
    /// <summary>Marks a connection that came in by the admin port.</summary>
    private sealed class AdminDoor
    {
        public static readonly AdminDoor Instance = new();
    }

    public static WebApplication Build(Node node, RequestDelegate tee, RequestDelegate admin)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(node.Logs);
        builder.Services.AddSingleton<IHostLifetime, AskedByNodeLife>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, node.Options));

        var server = builder.Build();
        var hop = new HopDoor(node.Predecessor, server.Lifetime.ApplicationStopping);
        server.Run(context =>
            context.Features.Get<AdminDoor>() is not null ? admin(context)
            : HopDoor.IsAskedFor(context) ? hop.ServeAsync(context)
            : tee(context));
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

    private static void Configure(KestrelServerOptions kestrel, NodeOptions options)
    {
        Listen(kestrel, options.Listen, _ => { });
        Listen(kestrel, options.Admin, door => door.Use(next => connection =>
        {
            connection.Features.Set(AdminDoor.Instance);
            return next(connection);
        }));
    }

    private static void Listen(KestrelServerOptions kestrel, Address address, Action<ListenOptions> configure)
    {
        var addresses = IPAddress.TryParse(address.Host, out var ip) ? [ip] : Dns.GetHostAddresses(address.Host);
        foreach (var one in addresses)
        {
            kestrel.Listen(one, address.Port, door =>
            {
                door.Protocols = HttpProtocols.Http1;
                configure(door);
            });
        }
    }

    /// <summary>Signals are <see cref="NodeLife"/>'s: Kestrel must not stop before the node has drained.</summary>
    private sealed class AskedByNodeLife : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
