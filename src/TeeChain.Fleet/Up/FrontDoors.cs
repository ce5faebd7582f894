using System.Globalization;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;
using TeeChain.Fleet.Processes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Up;

/// <summary>Makes the front doors that a file asks for.</summary>
/// <param name="haproxy">Its program; null: the gateways are the front doors.</param>
internal sealed class FrontDoors(
    FleetFile file, DataFolder data, string secretFile, string statsDb, string? haproxy, IFleetSource fleet, RequestCounts counts,
    Launcher launcher, Action<string> tell, TimeProvider time, ILoggerFactory logs)
{
    /// <summary>Which HAProxy is the front door.</summary>
    /// <param name="wrong">Why the file cannot be followed; null when it can.</param>
    /// <returns>Null: the gateway is.</returns>
    public static string? Choose(FleetFile file, string? path, out string? wrong)
    {
        // Debian has it where an ordinary user's PATH does not lead; who names it means that one.
        var found = file.Front == FrontKind.Gateway ? null : HaproxyFront.Find(file.Front == FrontKind.Haproxy ? $"{path}:/usr/sbin:/usr/local/sbin" : path);
        wrong = file.Front == FrontKind.Haproxy && found is null ? "front is haproxy, and haproxy is not installed (apt-get install haproxy); allowed without it: auto, gateway" : null;
        return found;
    }

    public IReadOnlyList<IFrontDoor> Start() => [.. Enumerable.Range(1, file.Balancers).Select<int, IFrontDoor>(number => haproxy is null ? Gateway(number) : Haproxy(number, haproxy))];

    private static string NameOf(int number) => $"balancer{Text(number)}";

    private GatewayDoor Gateway(int number)
    {
        var port = file.BalancerPort + number - 1;
        IReadOnlyList<string> words =
        [
            .. Programs.Self(), "gateway", "--listen", $"{file.BalancerAddress}:{Text(port)}", "--registry-url", Registry("http://"), "--strategy", file.Strategy,
            "--health-interval", string.Create(CultureInfo.InvariantCulture, $"{(long)file.HealthInterval.TotalMilliseconds}ms"),
            "--secret-file", secretFile, "--stats-db", statsDb, "--registry-paths", file.RegistryPaths ? "on" : "off",
        ];
        var plan = new ChildPlan(NameOf(number), words, data.Log(NameOf(number)))
        {
            // The registry is here, whatever a gateway of its own would be told.
            Environment = new Dictionary<string, string> { [EnvironmentFlags.VariableOf("gateway", "registry")] = "", [EnvironmentFlags.VariableOf("gateway", "data")] = "" },
        };
        return new GatewayDoor(SupervisedChild.Start(plan, launcher, tell, time), port);
    }

    private HaproxyDoor Haproxy(int number, string program)
    {
        var (name, port) = (NameOf(number), file.BalancerPort + number - 1);
        var bundled = BundledConfiguration.Load().Checking(ProbeRule.IntervalOf(file.HealthInterval));
        var stats = new StatsPage($"{file.StatsAddress}:{Text(file.StatsPort + number - 1)}", file.StatsUser, file.StatsPassword);
        var front = new HaproxyFront(
            program, data.Root, name, $"{file.BalancerAddress}:{Text(port)}", stats, file.RegistryPaths ? Registry("") : null, bundled, new HostNames(time));
        return new HaproxyDoor(name, port, front, fleet, counts, bundled, data.Log(name), launcher, tell, time, logs);
    }

    private string Registry(string scheme) => $"{scheme}127.0.0.1:{Text(file.RegistryPort)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
