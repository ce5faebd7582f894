using TeeChain.Fleet.Registry;
using Yarp.ReverseProxy.Configuration;

namespace TeeChain.Fleet.Gateway;

/// <summary>Keeps YARP's configuration in step with the fleet. What is on its way to a worker that leaves is finished.</summary>
internal sealed class FleetFeed(IFleetSource fleet, GatewayOptions options)
{
    private long _version = fleet.Current.Version;

    public InMemoryConfigProvider Configuration { get; } = new(ClusterRule.Routes, ClusterRule.Clusters(fleet.Current, options.Policy, options.ProbeInterval, options.Wire));

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await StepAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Takes over the next change.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        var view = await fleet.ChangedAsync(_version, cancellation);
        _version = view.Version;
        Configuration.Update(ClusterRule.Routes, ClusterRule.Clusters(view, options.Policy, options.ProbeInterval, options.Wire));
    }
}
