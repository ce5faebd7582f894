using TeeChain.Fleet.Processes;

namespace TeeChain.Fleet.Up;

/// <summary>A <c>teechain gateway</c> of our own, which follows the registry and counts by itself.</summary>
internal sealed class GatewayDoor(SupervisedChild process, int port) : IFrontDoor
{
    public string Name => process.Name;

    public string Kind => "gateway";

    public int Port => port;

    public int Restarts => process.State.Restarts;

    public int? OnTheirWay(string worker) => null;

    public Task RunAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

    public Task<bool> StopAsync(CancellationToken patience) => process.StopAsync(patience);
}
