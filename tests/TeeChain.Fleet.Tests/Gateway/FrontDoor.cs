using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Fleet.Gateway;
using TeeChain.Fleet.Statistics;
using TeeChain.Fleet.Strategies;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Tests.Gateway;

/// <summary>A real front door on a port of its own, before workers that a test makes.</summary>
internal sealed class FrontDoor : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly WebApplication _server;
    private readonly List<FakeWorker> _workers = [];
    private Task _feed = Task.CompletedTask;

    private FrontDoor(string strategy, HttpProtocols protocols, OwnPaths? own)
    {
        var options = new GatewayOptions { Listen = new Address("127.0.0.1", 0), Policy = Strategy.PolicyOf(strategy)!, HealthInterval = TimeSpan.FromSeconds(1) };
        Feed = new FleetFeed(Fleet, options);
        _server = GatewayServer.Build(options, Feed, Counts, own, NullLoggerFactory.Instance, TimeProvider.System, protocols);
    }

    public HandFleet Fleet { get; } = new();

    public FleetFeed Feed { get; }

    public RequestCounts Counts { get; } = new();

    public Uri Url { get; private set; } = null!;

    /// <summary>One connection pool for a test; follows nothing, keeps nothing.</summary>
    public HttpClient Client { get; private set; } = null!;

    public IReadOnlyList<FakeWorker> Workers => _workers;

    /// <param name="ready">For each worker, which of its readiness paths answer 200; none of them is in the fleet before they are started.</param>
    public static Task<FrontDoor> OpenAsync(params string[][] ready) => OpenAsync(Strategy.Default, HttpProtocols.Http1, null, ready);

    public static async Task<FrontDoor> OpenAsync(string strategy, HttpProtocols protocols, OwnPaths? own, params string[][] ready)
    {
        var door = new FrontDoor(strategy, protocols, own);
        foreach (var one in ready)
        {
            door._workers.Add(await FakeWorker.StartAsync($"worker{door._workers.Count + 1}", one));
        }

        await door._server.StartAsync(TestContext.Current.CancellationToken);
        door._feed = door.Feed.RunAsync(door._end.Token);
        door.Url = new Uri(door._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        door.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = door.Url };
        door.Fleet.Set([.. door.Workers.Select(worker => worker.As())]);
        return door;
    }

    /// <summary>Until it answers that way; each try is a request.</summary>
    public async Task UntilAsync(Func<HttpResponseMessage, string, bool> isSo, string what, HttpMethod? method = null, string path = "/")
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
            using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            if (isSo(answer, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)))
            {
                return;
            }

            Assert.False(deadline.IsCancellationRequested, $"within 30 s it did not come to pass that {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until the named workers have all answered reads, and nobody else has for a while of three rounds.</summary>
    public async Task UntilReadersAreAsync(params string[] names)
    {
        List<string> seen = [];
        await UntilAsync(
            (answer, body) =>
            {
                seen.Add(answer.IsSuccessStatusCode ? body : "nobody");
                return seen.Count >= 3 * names.Length && seen.TakeLast(3 * names.Length).ToHashSet().SetEquals(names);
            },
            $"reads are answered by {string.Join(", ", names)} alone");
    }

    public async Task<(HttpResponseMessage Answer, string Body)> SendAsync(HttpMethod method, string path = "/", HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>As at SIGTERM.</summary>
    public Task StopAsync() => _server.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _feed;
        Client.Dispose();
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _end.Dispose();
    }
}
