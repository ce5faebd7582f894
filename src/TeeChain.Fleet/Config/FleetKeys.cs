using YamlDotNet.RepresentationModel;

namespace TeeChain.Fleet.Config;

/// <summary>All keys of a fleet file.</summary>
internal static class FleetKeys
{
    /// <summary>As many as ports and one machine bear.</summary>
    public const int MostWorkers = 50;

    private const int MostBalancers = 9;

    private const string PortForms = "a port from 1 to 65535";

    public static readonly string[] Strategies = ["round-robin", "random", "least-requests", "power-of-two-choices"];

    private static readonly string[] Fronts = ["auto", "haproxy", "gateway"];

    private static readonly string[] Acks = ["local", "next", "chain"];

    private static readonly string[] Orders = ["total", "key"];

    /// <summary>What an application's command line may name.</summary>
    private static readonly string[] AppNames = ["port", "name", "data"];

    /// <summary>What the seed command may name.</summary>
    private static readonly string[] SeedNames = ["source", "source-name", "source-address", "target", "target-name", "target-address"];

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    public static readonly IReadOnlyList<FileKey<FleetFile>> All =
    [
        Number("workers", 1, MostWorkers, (file, value) => file with { Workers = value }, "worker"),
        Of("names", "a list of different names, each 1 to 64 of A-Z a-z 0-9 . _ -, such as [romulus, remus]", FileValues.Names, (file, value) => file with { Names = value }),
        Number("balancers", 1, MostBalancers, (file, value) => file with { Balancers = value }, "pool"),
        Port("balancer-port", (file, value) => file with { BalancerPort = value }, "load-balancer-port"),
        Address("balancer-address", (file, value) => file with { BalancerAddress = value }),
        Port("worker-port", (file, value) => file with { WorkerPort = value }),
        Port("tee-port", (file, value) => file with { TeePort = value }),
        Port("admin-port", (file, value) => file with { AdminPort = value }),
        Port("registry-port", (file, value) => file with { RegistryPort = value }),
        Port("stats-port", (file, value) => file with { StatsPort = value }),
        Address("stats-address", (file, value) => file with { StatsAddress = value }),
        Of("stats-user", "a name of 1 to 64 of A-Z a-z 0-9 . _ -", FileValues.Name, (file, value) => file with { StatsUser = value }),
        Of("stats-password", "1 to 128 characters, no single quote", FileValues.Password, (file, value) => file with { StatsPassword = value }),
        Choice("front", Fronts, (file, value) => file with { Front = Enum.Parse<FrontKind>(value, ignoreCase: true) }),
        Choice("strategy", Strategies, (file, value) => file with { Strategy = value }),
        Duration("average-delay", TimeSpan.Zero, LongestDelay, "0ms to 1m", (file, value) => file with { AverageDelay = value }, "avg-delay"),
        OfValue("failure-rate", "a percentage from 0% to 100%", FileValues.Percent, (file, value) => file with { FailureRate = value }, "failure"),
        Duration("health-interval", TimeSpan.FromMilliseconds(100), LongestDelay, "100ms to 1m", (file, value) => file with { HealthInterval = value }),
        Choice("ack", Acks, (file, value) => file with { Ack = value }),
        Choice("order", Orders, (file, value) => file with { Order = value }),
        Of("key", "form:NAME, json:/POINTER, header:NAME, query:NAME or path", FileValues.Text, (file, value) => file with { Key = value }),
        Of("stats-db", "the path of a file", FileValues.Text, (file, value) => file with { StatsDb = value }, "stats-dir"),
        new("app", "sample, or a command line with {port}, and {name} and {data} where it wants them; quotes closed", ReadApp),
        OfValue("registry-paths", "on or off", FileValues.Switch, (file, value) => file with { RegistryPaths = value }),
        Of("data", "the path of a folder", FileValues.Text, (file, value) => file with { Data = value }),
        Of("secret-file", "the path of a file", FileValues.Text, (file, value) => file with { SecretFile = value }),
        Of("seed-command", $"a command line, with {{{string.Join("}, {", SeedNames)}}} where it wants them; quotes closed",
            node => FileValues.Command(node, SeedNames), (file, value) => file with { SeedCommand = value }),
        Duration("seed-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "1s to 10m", (file, value) => file with { SeedTimeout = value }),
    ];

    /// <summary>What stands in <c>autoscale: {…}</c>.</summary>
    public static readonly IReadOnlyList<FileKey<Autoscale>> OfAutoscale =
    [
        AutoscaleNumber("min", 1, MostWorkers, (rule, value) => rule with { Min = value }),
        AutoscaleNumber("max", 1, MostWorkers, (rule, value) => rule with { Max = value }),
        AutoscaleNumber("requests-per-worker", 1, 1_000_000, (rule, value) => rule with { RequestsPerWorker = value }),
        new("cool-down", "a time from 1s to 24h, such as 30s", (rule, node) =>
            FileValues.Duration(node, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)) is { } value ? rule with { CoolDown = value } : null),
    ];

    private static FleetFile? ReadApp(FleetFile file, YamlNode node) =>
        FileValues.Text(node) == "sample" ? file with { App = null }
        : FileValues.Command(node, AppNames) is { } app && app.Names.Contains("port") ? file with { App = app }
        : null;

    private static FileKey<Autoscale> AutoscaleNumber(string name, int least, int most, Func<Autoscale, int, Autoscale> set) =>
        new(name, $"a whole number from {least} to {most}", (rule, node) => FileValues.Number(node, least, most) is { } value ? set(rule, value) : null);

    private static FileKey<FleetFile> Number(string name, int least, int most, Func<FleetFile, int, FleetFile> set, string? alias = null) =>
        OfValue(name, $"a whole number from {least} to {most}", node => FileValues.Number(node, least, most), set, alias);

    private static FileKey<FleetFile> Port(string name, Func<FleetFile, int, FleetFile> set, string? alias = null) =>
        OfValue(name, PortForms, node => FileValues.Number(node, 1, 65535), set, alias);

    private static FileKey<FleetFile> Address(string name, Func<FleetFile, string, FleetFile> set) =>
        Of(name, "an IPv4 address, such as 0.0.0.0 (all) or 127.0.0.1 (this machine only)", FileValues.IpAddress, set);

    private static FileKey<FleetFile> Duration(string name, TimeSpan least, TimeSpan most, string range, Func<FleetFile, TimeSpan, FleetFile> set, string? alias = null) =>
        OfValue(name, $"a time from {range}, such as 500ms or 2s", node => FileValues.Duration(node, least, most), set, alias);

    private static FileKey<FleetFile> Choice(string name, string[] choices, Func<FleetFile, string, FleetFile> set) =>
        Of(name, string.Join(", ", choices), node => FileValues.Choice(node, choices), set);

    private static FileKey<FleetFile> Of<TValue>(string name, string allowed, Func<YamlNode, TValue?> read, Func<FleetFile, TValue, FleetFile> set, string? alias = null)
        where TValue : class =>
        new(name, allowed, (file, node) => read(node) is { } value ? set(file, value) : null) { Alias = alias };

    private static FileKey<FleetFile> OfValue<TValue>(string name, string allowed, Func<YamlNode, TValue?> read, Func<FleetFile, TValue, FleetFile> set, string? alias = null)
        where TValue : struct =>
        new(name, allowed, (file, node) => read(node) is { } value ? set(file, value) : null) { Alias = alias };
}
