using TeeChain.Fleet.Registry;
using TeeChain.Protocol;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Gateway;

/// <summary>The registry's admin port: all of its paths, and nothing else.</summary>
internal static class RegistryServer
{
    private const int MaxConnections = 1000; // long polls of front doors, announcements of nodes

    public static WebApplication Build(Address listen, RegistryEndpoints endpoints, ILoggerFactory logs, CredentialsWatch? tls = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs).AddSingleton<IHostLifetime, AskedByVerb>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(listen, tls);
        });
        var server = builder.Build();
        server.Run(async context =>
        {
            // A long poll must not hold up the stop.
            using var cut = server.Lifetime.ApplicationStopping.UnsafeRegister(static polled => ((HttpContext)polled!).Abort(), context);
            if (!await endpoints.TryHandleAsync(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });
        return server;
    }
}
