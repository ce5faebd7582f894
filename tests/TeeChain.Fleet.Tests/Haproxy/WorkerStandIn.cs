using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Haproxy;

/// <summary>Application, teeproxy and admin port of a worker in one: says who answers, and is as ready as the test wants.</summary>
internal sealed class WorkerStandIn : IAsyncDisposable
{
    private readonly WebApplication _host;
    private int _application, _admin;

    private WorkerStandIn(string name, WebApplication host) => (Name, _host) = (name, host);

    public string Name { get; }

    public bool IsReadable { get; set; } = true;

    public bool IsStaleReadable { get; set; } = true;

    /// <summary>The confirmed head of a chain.</summary>
    public bool IsHead { get; set; }

    /// <summary>Before a chain is founded.</summary>
    public bool TakesFirstWrite { get; set; }

    public int Status { get; set; } = 200;

    public Worker Worker => Is(WorkerState.Present);

    public Worker Is(WorkerState state) => new(Name, $"127.0.0.1:{_application}", $"127.0.0.1:{_application}", $"127.0.0.1:{_admin}", state);

    public static async Task<WorkerStandIn> StartAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, 0);
            server.Listen(IPAddress.Loopback, 0);
        });
        var worker = new WorkerStandIn(name, builder.Build());
        worker._host.Run(worker.AnswerAsync);
        await worker._host.StartAsync(TestContext.Current.CancellationToken);
        var ports = worker._host.Urls.Select(url => new Uri(url).Port).ToArray();
        (worker._application, worker._admin) = (ports[0], ports[1]);
        return worker;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var isReady = (context.Request.Path.Value + context.Request.QueryString.Value) switch
        {
            "/readyz/read" => IsReadable,
            "/readyz/stale" => IsStaleReadable,
            "/readyz/write?founded" => IsHead,
            "/readyz/write" => TakesFirstWrite || IsHead,
            _ => (bool?)null,
        };
        context.Response.StatusCode = isReady switch { true => 200, false => 503, null => Status };
        return context.Response.WriteAsync(isReady is null ? $"{Name} {context.Request.Method}" : "");
    }
}
