using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A small OTLP collector: takes spans by http/protobuf at <c>/v1/traces</c> and keeps them.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _server;

    public Collector(int port)
    {
        Address = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Address);
        _server = builder.Build();
        _server.Run(TakeAsync);
    }

    public string Address { get; }

    public ConcurrentQueue<CollectedSpan> Spans { get; } = [];

    /// <summary>Requests that were no spans.</summary>
    public ConcurrentQueue<string> Wrong { get; } = [];

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (context.Request.Path != "/v1/traces" || context.Request.ContentType != "application/x-protobuf")
        {
            Wrong.Enqueue($"{context.Request.Method} {context.Request.Path} {context.Request.ContentType}");
        }

        foreach (var span in CollectedSpan.ReadAll(body.ToArray()))
        {
            Spans.Enqueue(span);
        }
    }
}
