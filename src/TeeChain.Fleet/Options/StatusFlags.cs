using CommandLine;

namespace TeeChain.Fleet.Options;

/// <summary>Which fleet a verb is about.</summary>
internal abstract class FleetFlags
{
    public const string NodesHelp =
        "The nodes' admin ports, such as http://host:9500, https://host:9500 or :9500. None: those that the registry knows.";

    [Value(0, MetaName = "URL…", HelpText = NodesHelp)]
    public virtual IEnumerable<string> Nodes { get; set; } = [];

    [Option("registry", HelpText = RegistryFlag.Help + " Without nodes: " + RegistryFlag.Default, MetaValue = "URL")]
    public string? Registry { get; set; }

    [Option("secret-file", HelpText = SecretFlag.Help, MetaValue = "FILE")]
    public string? SecretFile { get; set; }

    [Option("tls-ca", HelpText = TlsCaFlag.Help, MetaValue = "FILE")]
    public string? TlsCa { get; set; }
}

/// <summary>As typed.</summary>
[Verb("status", HelpText = "Shows every node: role, sequence, lag, readiness, requests. Exit status 1 when one is down or not ready.")]
internal sealed class StatusFlags : FleetFlags
{
    [Option("json", HelpText = "As JSON, for machines.")]
    public bool Json { get; set; }

    [Option("watch", HelpText = "Again each second, until Ctrl-C.")]
    public bool Watch { get; set; }
}

/// <summary>As typed.</summary>
[Verb("verify", HelpText = "Whether all nodes hold and deliver the same, and where they first differ. Exit status 1 when they do.")]
internal sealed class VerifyFlags : FleetFlags
{
    [Option("timeout", Default = 10, HelpText = "Seconds for who is behind to catch up.", MetaValue = "SECONDS")]
    public int Timeout { get; set; }
}

/// <summary>As typed.</summary>
[Verb("diff", HelpText = "Shows one write and what each node's application answered to it. Exit status 1 when they differ, or a node cannot tell.")]
internal sealed class DiffFlags : FleetFlags
{
    [Value(0, MetaName = "SEQUENCE", Required = true, HelpText = "The write, as /status lists it under recentDivergences.")]
    public string Sequence { get; set; } = "";

    [Value(1, MetaName = "URL…", HelpText = NodesHelp)]
    public override IEnumerable<string> Nodes { get; set; } = [];

    [Option("bodies", HelpText = "The write's body too. It may hold passwords.")]
    public bool Bodies { get; set; }
}
