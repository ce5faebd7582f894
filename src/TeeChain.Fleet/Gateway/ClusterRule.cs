using System.Globalization;
using System.Net;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace TeeChain.Fleet.Gateway;

/// <summary>
/// What the front door sends where: the backends of haproxy.cfg as YARP's clusters. Pure. Whoever is listed gets something only while
/// its node says, under the cluster's readiness path, that it may.
/// </summary>
internal static class ClusterRule
{
    /// <summary>In turn, to the applications of the nodes that are in step.</summary>
    public const string Reads = "reads";

    /// <summary>Where none is in step: those that are nearly so. Answers are marked.</summary>
    public const string StaleReads = "reads-stale";

    /// <summary>To the confirmed head of the chain, whoever that is.</summary>
    public const string Writes = "writes";

    /// <summary>Where there is no head: the first write of all founds the chain where it comes in, so it goes to the first node only.</summary>
    public const string FirstWrite = "first-write";

    /// <summary>A destination's <see cref="DestinationConfig.Metadata"/>: the worker's name.</summary>
    public const string WorkerKey = "worker";

    /// <summary>A cluster's <see cref="ClusterConfig.Metadata"/>: how many probes in a row must fail before a worker that was ready is not.</summary>
    public const string FallKey = "fall";

    /// <summary>The one route: all that comes in, to <see cref="Reads"/>; <see cref="Dispatcher"/> sends elsewhere what belongs there.</summary>
    public static readonly IReadOnlyList<RouteConfig> Routes =
        [new RouteConfig { RouteId = "all", ClusterId = Reads, Match = new RouteMatch { Path = "{**path}" } }];

    private static readonly HttpClientConfig Connections = new()
    {
        // Bytes above 127 go out as they came in.
        RequestHeaderEncoding = "iso-8859-1",
        ResponseHeaderEncoding = "iso-8859-1",
        MaxConnectionsPerServer = 2000, // as in haproxy.cfg: what is more waits
    };

    /// <param name="wire">Over TLS, reads go through the teeproxies: applications know no TLS. Null: without.</param>
    public static IReadOnlyList<ClusterConfig> Clusters(FleetView view, string policy, TimeSpan probeInterval, NodeWire? wire = null)
    {
        var (scheme, isSecure) = wire is null ? (Uri.UriSchemeHttp, false) : (wire.Scheme, wire.IsSecure);
        Func<Worker, string> reader = isSecure ? static worker => worker.Teeproxy : static worker => worker.Address;

        // Away is not gone: a node whose announcements are lost may lead all the same, and its own readiness says so.
        Worker[] readers = [.. view.Workers.Where(static worker => worker.State == WorkerState.Present)];
        Worker[] writers = [.. view.Workers.Where(static worker => worker.State != WorkerState.Draining)];
        Worker[] first = [.. view.Workers.Take(1).Intersect(writers)];
        return
        [
            Cluster(Reads, readers, reader, "/readyz/read", fall: 2, TimeSpan.FromMilliseconds(500)),
            Cluster(StaleReads, readers, reader, "/readyz/stale", fall: 2, TimeSpan.FromMilliseconds(500)),

            // A head that is being restarted is waited for: it refuses by itself what it cannot take.
            Cluster(Writes, writers, static worker => worker.Teeproxy, "/readyz/write?founded", fall: 4, TimeSpan.FromSeconds(2)),
            Cluster(FirstWrite, first, static worker => worker.Teeproxy, "/readyz/write", fall: 4, TimeSpan.FromSeconds(2)),
        ];

        ClusterConfig Cluster(string id, IEnumerable<Worker> workers, Func<Worker, string> address, string readiness, int fall, TimeSpan patience) => new()
        {
            ClusterId = id,
            LoadBalancingPolicy = policy,
            HttpClient = Connections,
            HttpRequest = new ForwarderRequestConfig { ActivityTimeout = Timeouts.Silence, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            HealthCheck = new HealthCheckConfig
            {
                AvailableDestinationsPolicy = ReadyDestinations.PolicyName,
                Active = new ActiveHealthCheckConfig { Enabled = true, Interval = probeInterval, Timeout = patience, Policy = ReadinessPolicy.PolicyName },
            },
            Metadata = new Dictionary<string, string> { [FallKey] = fall.ToString(CultureInfo.InvariantCulture) },
            Destinations = Destinations(scheme, workers, address, readiness),
        };
    }

    // Under an address of its own: a worker that comes back elsewhere is another, whose readiness is not known.
    private static Dictionary<string, DestinationConfig> Destinations(string scheme, IEnumerable<Worker> workers, Func<Worker, string> address, string readiness) =>
        workers.Where(worker => Address.TryParse(address(worker), out _) && Address.TryParse(worker.Admin, out _)).ToDictionary(
            worker => $"{worker.Name} {address(worker)} {worker.Admin}",
            worker => new DestinationConfig
            {
                Address = $"{scheme}://{Address.Parse(address(worker))}",
                Health = $"{scheme}://{Address.Parse(worker.Admin)}{readiness}",
                Metadata = new Dictionary<string, string> { [WorkerKey] = worker.Name },
            });
}
