using CommandLine;

namespace TeeChain.Fleet.Options;

/// <summary>As typed.</summary>
[Verb("haproxy", HelpText = "Keeps a running HAProxy in step with the registered nodes, without a reload.")]
internal sealed class HaproxyFlags
{
    [Option("registry", Default = RegistryFlag.Default, HelpText = RegistryFlag.Help, MetaValue = "URL")]
    public string Registry { get; set; } = "";

    // Where the bundled haproxy.cfg puts it.
    [Option("socket", Default = "/tmp/teechain-haproxy.sock", HelpText = "HAProxy's Runtime API, with level admin: a path, or HOST:PORT.", MetaValue = "PATH")]
    public string Socket { get; set; } = "";

    [Option("secret-file", HelpText = SecretFlag.Help, MetaValue = "FILE")]
    public string? SecretFile { get; set; }

    [Option("tls-ca", HelpText = TlsCaFlag.Help + " HAProxy's configuration must name the same file (TEECHAIN_NODES_CA).", MetaValue = "FILE")]
    public string? TlsCa { get; set; }

    [Option("health-interval", Default = HealthIntervalFlag.Default, MetaValue = "DURATION", HelpText = HealthIntervalFlag.Help + " Of the servers that are added.")]
    public string HealthInterval { get; set; } = "";

    [Option("log", Default = LogFlag.Default, MetaValue = LogFlag.Formats, HelpText = LogFlag.Help)]
    public string Log { get; set; } = "";
}
