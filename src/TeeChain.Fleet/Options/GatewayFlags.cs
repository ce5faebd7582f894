using CommandLine;

namespace TeeChain.Fleet.Options;

/// <summary>As typed. <see cref="Gateway.GatewayPlan"/> checks it.</summary>
[Verb("gateway", HelpText = "The embedded front door: reads to the workers that are in step, writes to the head of the chain.")]
internal sealed class GatewayFlags
{
    [Option("listen", Default = ":9080", MetaValue = "ADDRESS", HelpText = "For clients; :9080 is this machine alone, 0.0.0.0:9080 everybody.")]
    public string Listen { get; set; } = "";

    [Option("registry", HelpText = "Keep the registry here: workers announce themselves, and the chain is wired. One for a fleet; needs --secret-file.")]
    public bool Registry { get; set; }

    [Option("registry-listen", Default = ":9400", MetaValue = "ADDRESS", HelpText = "The registry's admin port, with --registry.")]
    public string RegistryListen { get; set; } = "";

    [Option("data", MetaValue = "FOLDER", HelpText = "(Default: $STATE_DIRECTORY, else ./data/registry) The registry's folder, with --registry; one process a folder.")]
    public string? Data { get; set; }

    [Option("registry-url", MetaValue = "URL", HelpText = "The admin port of a registry elsewhere, such as " + RegistryFlag.Default + "; this, or --registry.")]
    public string? RegistryUrl { get; set; }

    [Option("registry-paths", Default = "on", MetaValue = "on|off", HelpText = "Whether /workers, /register-worker and /worker/stats are answered here, and not by the applications.")]
    public string RegistryPaths { get; set; } = "";

    [Option("strategy", Default = Strategies.Strategy.Default, MetaValue = "NAME", HelpText = "Who gets a read: round-robin, random, least-requests or power-of-two-choices.")]
    public string Strategy { get; set; } = "";

    [Option("secret-file", MetaValue = "FILE", HelpText = SecretFlag.Help)]
    public string? SecretFile { get; set; }

    [Option("tls-ca", MetaValue = "FILE", HelpText = TlsCaFlag.Help + " Reads go through the teeproxies then.")]
    public string? TlsCa { get; set; }

    [Option("tls-cert", MetaValue = "FILE", HelpText = "(Default: none) The front door and the registry speak TLS with this certificate (PEM); read again every 10 s and at SIGHUP.")]
    public string? TlsCert { get; set; }

    [Option("tls-key", MetaValue = "FILE", HelpText = "Its private key (PEM), readable by its owner alone.")]
    public string? TlsKey { get; set; }

    [Option("stats-db", MetaValue = "FILE", HelpText = "(Default: none, counts end with the process) SQLite file for /worker/stats; several front doors may share one.")]
    public string? StatsDb { get; set; }

    [Option("health-interval", Default = HealthIntervalFlag.Default, MetaValue = "DURATION", HelpText = HealthIntervalFlag.Help)]
    public string HealthInterval { get; set; } = "";

    [Option("tee-methods", Default = "POST,PUT,PATCH,DELETE", MetaValue = "LIST", HelpText = "Methods that are writes; the same list as every teeproxy's.")]
    public string TeeMethods { get; set; } = "";

    [Option("log", Default = LogFlag.Default, MetaValue = LogFlag.Formats, HelpText = LogFlag.Help)]
    public string Log { get; set; } = "";
}
