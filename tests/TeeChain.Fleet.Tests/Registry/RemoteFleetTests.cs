using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Fleet.Registry;
using TeeProxy.Tests;

namespace TeeChain.Fleet.Tests.Registry;

public sealed class RemoteFleetTests : IDisposable
{
    private readonly RegistryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_follows_the_registry_keeps_the_last_view_while_that_is_away_and_follows_again()
    {
        _folder.Registry.Register(RegistryFolder.Worker(1));
        var host = await RegistryHost.StartAsync(_folder.Registry, Cancellation);
        var address = host.Address;
        using var fleet = new RemoteFleet(address, RegistryFolder.Secret, TimeProvider.System, NullLogger<RemoteFleet>.Instance);
        using var stop = new CancellationTokenSource();
        var running = fleet.RunAsync(stop.Token);

        Assert.Equal([RegistryFolder.Worker(1)], (await fleet.ChangedAsync(0, Cancellation)).Workers);
        _folder.Registry.Register(RegistryFolder.Worker(2));
        await Eventually.TrueAsync(() => fleet.Current.Workers.Count == 2, "the remote fleet heard of the second worker");

        await host.DisposeAsync();
        Assert.Equal(2, fleet.Current.Workers.Count);
        _folder.Clock.Advance(TimeSpan.FromSeconds(1));
        _folder.Restart();
        _folder.Registry.Forget("w1");
        await using (await RegistryHost.StartAsync(_folder.Registry, Cancellation, address: address))
        {
            await Eventually.TrueAsync(() => fleet.Current.Workers.Count == 1, "the remote fleet follows the registry that was started again");
            Assert.Equal(_folder.Registry.Current.Version, fleet.Current.Version);
        }

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task From_another_machine_it_shows_the_secret()
    {
        _folder.Registry.Register(RegistryFolder.Worker(1));
        await using var host = await RegistryHost.StartAsync(_folder.Registry, Cancellation, far: true);
        using var without = new RemoteFleet(host.Address, default, TimeProvider.System, NullLogger<RemoteFleet>.Instance);
        using var with = new RemoteFleet(host.Address, RegistryFolder.Secret, TimeProvider.System, NullLogger<RemoteFleet>.Instance);

        Assert.False(await without.StepAsync(Cancellation));
        Assert.True(await with.StepAsync(Cancellation));

        Assert.Equal((0, 1), (without.Current.Workers.Count, with.Current.Workers.Count));
    }

    [Fact]
    public async Task What_is_no_registry_changes_nothing()
    {
        await using var host = await RegistryHost.StartAsync(_folder.Registry, Cancellation, paths: RegistryEndpoints.FrontPaths);
        using var fleet = new RemoteFleet(host.Address, RegistryFolder.Secret, TimeProvider.System, NullLogger<RemoteFleet>.Instance);

        Assert.False(await fleet.StepAsync(Cancellation));

        Assert.Same(FleetView.Empty, fleet.Current);
    }
}
