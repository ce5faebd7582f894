using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace TeeChain.Fleet.Tests.Gateway;

/// <summary>A Kestrel on a port of its own that does what a test says, and can be killed and come back on the same port.</summary>
internal sealed class FakeServer(RequestDelegate answer) : IAsyncDisposable
{
    private WebApplication? _server;

    public int Port { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    public async Task<FakeServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, Port);
        });
        _server = builder.Build();
        _server.UseWebSockets();
        _server.Run(answer);
        await _server.StartAsync(TestContext.Current.CancellationToken);
        Port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return this;
    }

    /// <summary>At once: connections break, whoever is on its way.</summary>
    public async Task KillAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.StopAsync(new CancellationToken(canceled: true));
            await server.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>Breaks the connection of a request, as a process does that dies under it.</summary>
    public static void Break(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
}
