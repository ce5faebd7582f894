using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Tests.Registry;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Nodes;

/// <summary>A node's admin port without a node: says what a test has it say, and does what is asked of its successors.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication _server;
    private volatile NodeStatus _status;
    private long _version;

    private FakeNode(WebApplication server, int number) => (_server, Number, _status) = (server, number, SampleStatus.Of(number));

    public int Number { get; }

    public string Admin => new Uri(_server.Urls.Single()).Authority;

    public Worker Worker => RegistryFolder.Worker(Number) with { Admin = Admin };

    /// <summary>Everything but reading, in its order: method, path and query.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What changes are answered with, the successors' apart.</summary>
    public int ChangeStatus { get; set; } = 200;

    /// <summary>Nothing is answered for as long as it is set.</summary>
    public bool IsHanging { get; set; }

    /// <summary>Everything is answered with half an object.</summary>
    public bool IsTalkingNonsense { get; set; }

    /// <summary>What stands in the answer to a hold.</summary>
    public HoldGrant Grant { get; } = new(Guid.NewGuid(), 17, 1, "0123abcd", "17:1:0123abcd:0", SampleStatus.Chain, 30);

    public IReadOnlyList<string> Next => [.. _status.Successors.Select(static next => next.Address)];

    public static async Task<FakeNode> StartAsync(int number, CancellationToken cancellation, Func<NodeStatus, NodeStatus>? status = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var node = new FakeNode(builder.Build(), number);
        node.Be(status ?? (static same => same));
        node._server.Run(node.AnswerAsync);
        await node._server.StartAsync(cancellation);
        return node;
    }

    public void Be(Func<NodeStatus, NodeStatus> change) => _status = change(_status);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (IsHanging)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        if (IsTalkingNonsense)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{\"nodeId\":");
            return;
        }

        if (context.Request.Headers.Authorization != "Bearer 0123456789abcdef0123456789abcdef")
        {
            context.Response.StatusCode = 401;
            return;
        }

        if (context.Request.Path == "/status")
        {
            await context.Response.WriteAsJsonAsync(_status, ProtocolJson.Default.NodeStatus);
            return;
        }

        if (context.Request.Method != "GET")
        {
            Asked.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        }

        await (context.Request.Path == "/admin/next" ? NextAsync(context) : ChangeAsync(context));
    }

    private async Task NextAsync(HttpContext context)
    {
        if (context.Request.Method == "PUT")
        {
            if (context.Request.Headers.IfMatch != $"\"{_version}\"")
            {
                context.Response.StatusCode = 412;
                return;
            }

            var wanted = (await JsonSerializer.DeserializeAsync(context.Request.Body, NodeJson.Default.NextWanted))!;
            _version++;
            Be(status => status with { Successors = [.. wanted.Next.Select(static address => new NextStatus(address, false, null, 0, null, null))] });
        }

        await context.Response.WriteAsJsonAsync(new NextList(Next, _version), NodeJson.Default.NextList);
    }

    private Task ChangeAsync(HttpContext context)
    {
        context.Response.StatusCode = ChangeStatus;
        return context.Request.Path == "/admin/hold" && ChangeStatus == 200
            ? context.Response.WriteAsJsonAsync(Grant, ProtocolJson.Default.HoldGrant)
            : context.Response.WriteAsync("as the test wants it\n");
    }
}
