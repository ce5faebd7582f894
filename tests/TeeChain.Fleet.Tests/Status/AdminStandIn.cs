using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TeeChain.Fleet.Status;
using TeeChain.Fleet.Tests.Nodes;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Status;

/// <summary>A node's admin port that says what the test wants: up to <see cref="Applied"/>, record S is <c>c-S</c>, delivered as <c>d-S</c>.</summary>
internal sealed class AdminStandIn : IAsyncDisposable
{
    private readonly WebApplication _host;

    private AdminStandIn(WebApplication host) => _host = host;

    public string Role { get; set; } = "replica";

    public long Applied { get; set; } = 20;

    /// <summary>From here on its records are other ones.</summary>
    public long? DiffersFrom { get; set; }

    /// <summary>From here on the same records were answered otherwise.</summary>
    public long? AnsweredOtherwiseFrom { get; set; }

    /// <summary>Before this it remembers no digest.</summary>
    public long Remembers { get; set; }

    public Readiness Read { get; set; } = Readiness.Yes;

    public Readiness Write { get; set; } = Readiness.No("this node is a replica");

    public IReadOnlyList<Problem> Problems { get; set; } = [];

    /// <summary>What the registry's paths answer.</summary>
    public Dictionary<string, string> Texts { get; } = [];

    public string Url { get; private set; } = "";

    public NodeTarget Target(string name) => new(name, new Uri(Url).Authority, null);

    public static async Task<AdminStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var node = new AdminStandIn(builder.Build());
        node._host.Run(node.AnswerAsync);
        await node._host.StartAsync(TestContext.Current.CancellationToken);
        node.Url = node._host.Urls.Single();
        return node;
    }

    public static async Task<AdminStandIn> HeadAsync()
    {
        var head = await StartAsync();
        (head.Role, head.Write) = ("head", Readiness.Yes);
        return head;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        if (Texts.TryGetValue(context.Request.Path.Value!, out var text))
        {
            return context.Response.WriteAsync(text);
        }

        return context.Request.Query["at"].ToString() is { Length: > 0 } at
            ? context.Response.WriteAsJsonAsync(At(long.Parse(at)), ProtocolJson.Default.StatusAt)
            : context.Response.WriteAsJsonAsync(Now(), ProtocolJson.Default.NodeStatus);
    }

    private StatusAt At(long sequence)
    {
        var record = sequence >= DiffersFrom ? $"x-{sequence}" : $"c-{sequence}";
        return sequence > Applied ? new StatusAt(sequence, false, Applied, null, null, $"the application is only at {Applied}")
            : sequence < Remembers ? new StatusAt(sequence, false, Applied, record, null, "the digest is forgotten")
            : new StatusAt(sequence, true, Applied, record, sequence >= AnsweredOtherwiseFrom || sequence >= DiffersFrom ? $"y-{sequence}" : $"d-{sequence}", null);
    }

    private NodeStatus Now() => PlainStatus.Value with
    {
        NodeId = Guid.NewGuid(),
        JournalId = Guid.NewGuid(),
        Role = Role,
        LastSequence = Applied,
        AppliedSequence = Applied,
        HeadSequence = Applied,
        Ready = new ReadyStatus(Write, Read, Read),
        Problems = Problems,
    };
}
