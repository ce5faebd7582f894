extern alias FleetTool;

using FleetTool::TeeChain.Fleet.Nodes;
using FleetTool::TeeChain.Fleet.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Protocol;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A registry with its endpoints and its keeper of the chain, in the tests' own process. Its address stays the same across restarts.</summary>
internal sealed class OwnRegistry : IAsyncDisposable
{
    private readonly string _folder;
    private readonly byte[] _secret;
    private readonly int _port;
    private WebApplication? _server;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    public OwnRegistry(string folder, string secretFile, int port) =>
        (_folder, _secret, _port, Nodes) = (folder, File.ReadAllBytes(secretFile), port, new NodeClient(File.ReadAllBytes(secretFile)));

    public string Address => $"http://127.0.0.1:{_port}";

    public NodeClient Nodes { get; }

    public FleetRegistry Registry { get; private set; } = null!;

    public ChainKeeper Keeper { get; private set; } = null!;

    public IEnumerable<string> Names => Registry.Current.Workers.Select(static worker => worker.Name);

    public Joining Joining => new(Registry, Keeper, Nodes, TimeProvider.System);

    public Leaving Leaving => new(Registry, Keeper, Nodes, static _ => 0, TimeProvider.System);

    public async Task StartAsync(CancellationToken cancellation)
    {
        Registry = FleetRegistry.Open(_folder, _secret, TimeProvider.System, NullLogger<FleetRegistry>.Instance);
        Keeper = new ChainKeeper(Registry, Nodes, TimeProvider.System);
        var endpoints = new RegistryEndpoints(Registry, new OwnDesk(Registry), new RegistryGuard(_secret, new Address("127.0.0.1", _port)), TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Address);
        _server = builder.Build();
        _server.Run(async context => await endpoints.TryHandleAsync(context));
        await _server.StartAsync(cancellation);
        _stop = new CancellationTokenSource();
        _running = Task.WhenAll(Registry.RunAsync(_stop.Token), Keeper.RunAsync(_stop.Token));
    }

    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _stop!.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _server.DisposeAsync();
            Keeper.Dispose();
            Registry.Dispose();
            _stop.Dispose();
            _server = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Nodes.Dispose();
    }
}
