using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace TeeChain.Fleet.Gateway;

/// <summary>
/// What probes mean, as HAProxy's <c>fall N rise 1</c>: one good answer makes a worker ready; N bad ones in a row, or a request that
/// could not be delivered (<see cref="MarkDown"/>), end it. Called by YARP's monitor, one round of a cluster after the other.
/// </summary>
internal sealed partial class ReadinessPolicy(IDestinationHealthUpdater health, ILogger<ReadinessPolicy> log) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "Readiness";

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _misses = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var fall = int.Parse(cluster.Model.Config.Metadata![ClusterRule.FallKey], CultureInfo.InvariantCulture);
        Set(cluster, [.. probingResults.Select(result => new NewActiveDestinationHealth(result.Destination, Judge(result, fall)))]);
    }

    /// <summary>Takes it out until a probe finds it ready again. Thread-safe.</summary>
    public void MarkDown(ClusterState cluster, DestinationState destination) =>
        Set(cluster, [new NewActiveDestinationHealth(destination, DestinationHealth.Unhealthy)]);

    private DestinationHealth Judge(DestinationProbingResult result, int fall)
    {
        var misses = _misses.GetOrCreateValue(result.Destination);
        misses.Value = result.Response?.StatusCode == HttpStatusCode.OK ? 0 : misses.Value + 1;
        return misses.Value == 0 ? DestinationHealth.Healthy
            : misses.Value >= fall || result.Destination.Health.Active != DestinationHealth.Healthy ? DestinationHealth.Unhealthy
            : DestinationHealth.Healthy;
    }

    private void Set(ClusterState cluster, NewActiveDestinationHealth[] news)
    {
        foreach (var one in news)
        {
            var isReady = one.NewActiveHealth == DestinationHealth.Healthy;
            if (isReady != (one.Destination.Health.Active == DestinationHealth.Healthy))
            {
                var worker = one.Destination.Model.Config.Metadata![ClusterRule.WorkerKey];
                if (isReady)
                {
                    LogIn(cluster.ClusterId, worker);
                }
                else
                {
                    LogOut(cluster.ClusterId, worker);
                }
            }
        }

        health.SetActive(cluster, news);
    }

    [LoggerMessage(LogLevel.Information, "{Cluster}: {Worker} is in.", EventName = "worker_in")]
    private partial void LogIn(string cluster, string worker);

    [LoggerMessage(LogLevel.Information, "{Cluster}: {Worker} is out.", EventName = "worker_out")]
    private partial void LogOut(string cluster, string worker);
}
