using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace TeeChain.Fleet.Gateway;

/// <summary>Only who was found ready gets anything; who was never asked counts as not ready.</summary>
internal sealed class ReadyDestinations : IAvailableDestinationsPolicy
{
    public const string PolicyName = "Ready";

    public string Name => PolicyName;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations) =>
        [.. allDestinations.Where(static destination => destination.Health.Active == DestinationHealth.Healthy).OrderBy(static destination => destination.DestinationId, StringComparer.Ordinal)];
}
