using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;
using TeeChain.Fleet.Gateway;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol.Tls;
using Yarp.ReverseProxy.Forwarder;

namespace TeeChain.Fleet.Tests.Gateway;

public sealed class RuleTests
{
    private static readonly Exception?[] Causes =
    [
        null,
        new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused)),
        new HttpRequestException(HttpRequestError.NameResolutionError),
        new HttpRequestException(HttpRequestError.ResponseEnded),
        new HttpRequestException(HttpRequestError.Unknown, "reset", new IOException()),
        new HttpRequestException(HttpRequestError.InvalidResponse),
        new OperationCanceledException(),
    ];

    [Fact]
    public void A_write_is_repeated_only_where_nothing_was_sent()
    {
        var failures =
            from error in Gen.Elements(Enum.GetValues<ForwarderError>())
            from cause in Gen.Elements(Causes)
            from flags in Gen.ArrayOf(ArbMap.Default.GeneratorFor<bool>(), 4)
            from seconds in Gen.Choose(0, 30)
            select new RetryRule.Failure(error, cause, flags[0], flags[1], flags[2], flags[3], TimeSpan.FromSeconds(seconds));

        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(failures.ToArbitrary(), failure =>
        {
            var verdict = RetryRule.Judge(failure);
            var isUnsent = RetryRule.IsUnsent(failure.Cause);
            return verdict switch
            {
                RetryRule.Verdict.Later => failure.IsWrite && isUnsent && !failure.IsAnswerBegun && failure.Searched < Timeouts.Search,
                RetryRule.Verdict.Elsewhere => !failure.IsWrite && !failure.IsAnswerBegun && (isUnsent || (failure.IsSafe && !failure.MayHaveBody)),
                _ => failure.IsWrite || failure.IsAnswerBegun || !failure.IsSafe || failure.MayHaveBody || failure.Error != ForwarderError.Request || !RetryRule.IsBroken(failure.Cause),
            };
        }));
    }

    [Fact]
    public void Clusters_list_who_may_be_asked()
    {
        var fleets = Gen.ListOf(Gen.Elements(Enum.GetValues<WorkerState>())).Select(states => states
            .Select((state, i) => new Worker($"w{i}", $"127.0.0.1:{4000 + i}", $"127.0.0.1:{5000 + i}", $"127.0.0.1:{6000 + i}", state)).ToArray());

        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(fleets.ToArbitrary(), workers =>
        {
            var clusters = ClusterRule.Clusters(new FleetView(1, workers), "RoundRobin", TimeSpan.FromMilliseconds(500))
                .ToDictionary(cluster => cluster.ClusterId, cluster => cluster.Destinations!.Values.Select(one => one.Metadata![ClusterRule.WorkerKey]).ToArray());
            var present = workers.Where(worker => worker.State == WorkerState.Present).Select(worker => worker.Name).ToArray();
            var staying = workers.Where(worker => worker.State != WorkerState.Draining).Select(worker => worker.Name).ToArray();
            return clusters[ClusterRule.Reads].SequenceEqual(present) && clusters[ClusterRule.StaleReads].SequenceEqual(present)
                && clusters[ClusterRule.Writes].SequenceEqual(staying)
                && clusters[ClusterRule.FirstWrite].SequenceEqual(workers.Take(1).Where(worker => worker.State != WorkerState.Draining).Select(worker => worker.Name));
        }));
    }

    [Fact]
    public void A_worker_with_an_address_that_is_none_does_not_keep_the_others_out()
    {
        Worker[] workers = [new("a", "nonsense", "127.0.0.1:1", "127.0.0.1:2", WorkerState.Present), new("b", "127.0.0.1:3", "127.0.0.1:4", "127.0.0.1:5", WorkerState.Present)];

        var reads = ClusterRule.Clusters(new FleetView(1, workers), "RoundRobin", TimeSpan.FromMilliseconds(500))[0];

        Assert.Equal("http://127.0.0.1:3", Assert.Single(reads.Destinations!.Values).Address);
    }

    [Fact]
    public void Over_TLS_everything_goes_to_teeproxies_and_admin_ports_by_https()
    {
        Worker[] workers = [new("a", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", WorkerState.Present)];

        var clusters = ClusterRule.Clusters(new FleetView(1, workers), "RoundRobin", TimeSpan.FromMilliseconds(500), new NodeWire(Authorities.OfMachine));

        Assert.All(clusters.SelectMany(cluster => cluster.Destinations!.Values), one =>
        {
            Assert.Equal("https://127.0.0.1:2", one.Address);
            Assert.StartsWith("https://127.0.0.1:3/readyz/", one.Health, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(5000, 500)]
    [InlineData(60_000, 6000)]
    [InlineData(100, 100)]
    public void A_dead_worker_is_found_within_two_health_intervals(int health, int probe)
    {
        var options = new GatewayOptions { Listen = new("127.0.0.1", 0), Policy = "", HealthInterval = TimeSpan.FromMilliseconds(health) };

        Assert.Equal(TimeSpan.FromMilliseconds(probe), options.ProbeInterval);
    }
}
