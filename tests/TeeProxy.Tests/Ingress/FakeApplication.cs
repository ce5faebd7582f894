using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TeeProxy.Tests.Ingress;

/// <summary>An application that shows what it got. <c>/ws</c> echoes messages; <c>/drip</c> sends two lines, the second when told.</summary>
internal sealed class FakeApplication : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FakeApplication()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1));
        _server = builder.Build();
        _server.UseWebSockets();
        _server.Run(ServeAsync);
    }

    /// <summary>A request as it came.</summary>
    internal sealed record Seen(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

    public ConcurrentQueue<Seen> Requests { get; } = new();

    public TaskCompletionSource SecondLine { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Port { get; private set; }

    public static async Task<FakeApplication> StartAsync()
    {
        var application = new FakeApplication();
        await application._server.StartAsync(TestContext.Current.CancellationToken);
        var addresses = application._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        application.Port = new Uri(addresses.Addresses.Single()).Port;
        return application;
    }

    public ValueTask DisposeAsync()
    {
        SecondLine.TrySetResult();
        return _server.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Requests.Enqueue(new Seen(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => string.Join(" | ", (IEnumerable<string?>)header.Value), StringComparer.OrdinalIgnoreCase),
            Encoding.Latin1.GetString(body.ToArray())));

        switch (context.Request.Path.Value)
        {
            case "/ws":
                await EchoAsync(await context.WebSockets.AcceptWebSocketAsync());
                break;
            case "/drip":
                await context.Response.WriteAsync("first\n");
                await context.Response.Body.FlushAsync();
                await SecondLine.Task;
                await context.Response.WriteAsync("second\n");
                break;
            case "/break":
                context.Abort();
                break;
            case "/redirect":
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/elsewhere";
                context.Response.Headers.SetCookie = new[] { "a=1", "b=2" };
                break;
            default:
                context.Response.Headers["X-App"] = "yes";
                await context.Response.WriteAsync("read");
                break;
        }
    }

    private static async Task EchoAsync(WebSocket socket)
    {
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, CancellationToken.None);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
