using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Tests.Registry;

/// <summary>The registry's endpoints on a Kestrel of their own, on a free port that it keeps.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    private readonly WebApplication _server;

    private RegistryHost(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.Single());

    public static Task<RegistryHost> StartAsync(FleetRegistry registry, CancellationToken cancellation, bool far = false, IReadOnlySet<string>? paths = null, Uri? address = null) =>
        StartAsync(registry, new OwnDesk(registry), cancellation, far, paths, address);

    /// <param name="far">Whether requests count as coming from another machine.</param>
    public static async Task<RegistryHost> StartAsync(IFleetSource fleet, IAnnouncementDesk desk, CancellationToken cancellation, bool far = false, IReadOnlySet<string>? paths = null, Uri? address = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address?.ToString() ?? "http://127.0.0.1:0");
        var server = builder.Build();
        var endpoints = new RegistryEndpoints(
            fleet, desk, new RegistryGuard(RegistryFolder.Secret, new Address("registry.example", 9400)), TimeProvider.System,
            new Dictionary<string, RequestDelegate> { ["/scale"] = context => context.Response.WriteAsync("scaled") });
        server.Run(async context =>
        {
            context.Connection.RemoteIpAddress = far ? System.Net.IPAddress.Parse("10.1.2.3") : context.Connection.RemoteIpAddress;
            if (!await endpoints.TryHandleAsync(context, paths))
            {
                context.Response.StatusCode = StatusCodes.Status418ImATeapot; // The host's own.
            }
        });
        await server.StartAsync(cancellation);
        return new RegistryHost(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
