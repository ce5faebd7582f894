using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

/// <summary>An admin port on a real Kestrel, whose state and callers' addresses a test sets.</summary>
internal sealed class AdminPort : IAsyncDisposable
{
    public const string Secret = "correct horse";

    private readonly Meter _meter = new("TeeChain");
    private readonly IMetricsExporter _exporter;
    private readonly WebApplication _app;

    private AdminPort(IEnumerable<KeyValuePair<string, AdminAction>> actions)
    {
        _exporter = MetricsExporter.Create(_meter);
        _ = new NodeInstruments(_meter, () => Current, 8192, TimeProvider.System);
        var token = AdminToken.LoadOrCreate("/nowhere", System.Text.Encoding.UTF8.GetBytes(Secret));
        var endpoints = new AdminEndpoints(
            new AdminGuard(new Address("admin.example", 9500), token),
            () => NotLive,
            () => Current,
            at => new StatusAt(at, true, 118, "0123abcd", "0123456789abcdef", null),
            _exporter,
            new Dictionary<string, AdminAction>(actions)
            {
                ["parked"] = AdminAction.Post(context =>
                {
                    Acted.Add(context.Request.Path);
                    return Task.CompletedTask;
                }),
            });

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context =>
        {
            context.Connection.RemoteIpAddress = Remote;
            return endpoints.HandleAsync(context);
        });
    }

    public NodeStatus Current { get; set; } = SampleStatus.Replica;

    public string? NotLive { get; set; }

    /// <summary>Who the node believes to be connected.</summary>
    public IPAddress Remote { get; set; } = IPAddress.Loopback;

    public List<string> Acted { get; } = [];

    public HttpClient Client { get; private set; } = new();

    /// <param name="actions">What stands under <c>/admin/</c> beside <c>parked</c>.</param>
    public static async Task<AdminPort> StartAsync(IEnumerable<KeyValuePair<string, AdminAction>>? actions = null)
    {
        var port = new AdminPort(actions ?? []);
        await port._app.StartAsync(TestContext.Current.CancellationToken);
        port.Client.BaseAddress = new Uri(port._app.Urls.Single());
        return port;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? bearer = null, string? host = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Host = host;
        request.Headers.Authorization = bearer is null ? null : new("Bearer", bearer);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _exporter.Dispose();
        _meter.Dispose();
    }
}
