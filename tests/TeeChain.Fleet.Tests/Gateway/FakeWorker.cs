using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Gateway;

/// <summary>A worker as the front door sees it: an application, a teeproxy and its admin port, each on a port of its own.</summary>
internal sealed class FakeWorker : IAsyncDisposable
{
    private FakeWorker(string name)
    {
        Name = name;
        Application = new FakeServer(context =>
        {
            Reads.Enqueue($"{context.Request.Method} {context.Request.Path}");
            return OnRead!(context);
        });
        Teeproxy = new FakeServer(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            Writes.Enqueue(await body.ReadToEndAsync());
            await OnWrite!(context);
        });
        Admin = new FakeServer(context =>
        {
            context.Response.StatusCode = Ready.ContainsKey(context.Request.Path + context.Request.QueryString) ? 200 : 503;
            Probes.Enqueue(context.Request.Path + context.Request.QueryString);
            return Task.CompletedTask;
        });
        OnRead = OnWrite = context => context.Response.WriteAsync(Name);
    }

    public const string Read = "/readyz/read";
    public const string Stale = "/readyz/stale";
    public const string Head = "/readyz/write?founded";
    public const string Write = "/readyz/write";

    public string Name { get; }

    public FakeServer Application { get; }

    public FakeServer Teeproxy { get; }

    public FakeServer Admin { get; }

    public ConcurrentQueue<string> Reads { get; } = new();

    /// <summary>The bodies.</summary>
    public ConcurrentQueue<string> Writes { get; } = new();

    public ConcurrentQueue<string> Probes { get; } = new();

    public ConcurrentDictionary<string, bool> Ready { get; } = new();

    public RequestDelegate OnRead { get; set; }

    public RequestDelegate OnWrite { get; set; }

    /// <param name="ready">Which of its readiness paths answer 200.</param>
    public static async Task<FakeWorker> StartAsync(string name, params string[] ready)
    {
        var worker = new FakeWorker(name);
        await worker.Application.StartAsync();
        await worker.Teeproxy.StartAsync();
        await worker.Admin.StartAsync();
        worker.Is(ready);
        return worker;
    }

    public void Is(params string[] ready)
    {
        Ready.Clear();
        foreach (var path in ready)
        {
            Ready[path] = true;
        }
    }

    public Worker As(WorkerState state = WorkerState.Present) => new(Name, Application.Address, Teeproxy.Address, Admin.Address, state);

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        await Teeproxy.DisposeAsync();
        await Admin.DisposeAsync();
    }
}
