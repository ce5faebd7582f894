using CommandLine;

namespace Compare.Options;

/// <summary>The comparison itself.</summary>
[Verb("run", isDefault: true, HelpText = "TeeChain beside its peers: the same writes, the same applications, one machine, in turns.")]
internal sealed class RunFlags
{
    [Option("rounds", MetaValue = "N", Default = 3, HelpText = "How often each has its turn; 1 to 100.")]
    public int Rounds { get; set; }

    [Option("warm-up", MetaValue = "SECONDS", Default = 6, HelpText = "Before each measurement; 0 to 3600.")]
    public int WarmUp { get; set; }

    [Option("duration", MetaValue = "SECONDS", Default = 6, HelpText = "Of each measurement; 1 to 3600.")]
    public int Duration { get; set; }

    [Option("parts", MetaValue = "LIST", Separator = ',', Default = new[] { "writes", "latency", "nodes", "backlog", "idle", "gateway" }, HelpText = "What is measured.")]
    public IEnumerable<string> Parts { get; set; } = [];

    [Option("only", MetaValue = "TEXT", Default = "", HelpText = "Only systems with this in their names; --list shows them.")]
    public string Only { get; set; } = "";

    [Option("list", HelpText = "Shows the systems' names.")]
    public bool List { get; set; }

    [Option("teeproxy", MetaValue = "FILE", Default = "src/TeeProxy/bin/Release/net10.0/teeproxy", HelpText = "The program under test.")]
    public string TeeProxy { get; set; } = "";

    [Option("teechain", MetaValue = "FILE", Default = "src/TeeChain.Fleet/bin/Release/net10.0/teechain", HelpText = "Its fleet tool, for the gateway.")]
    public string TeeChain { get; set; } = "";

    [Option("folder", MetaValue = "FOLDER", Default = "artifacts/compare", HelpText = "For journals, logs and configurations; on the disk that is to be measured.")]
    public string Folder { get; set; } = "";

    [Option("report", MetaValue = "FILE", HelpText = "A Markdown file; what stands in it between <!-- measured --> and <!-- /measured --> is replaced. Default: none.")]
    public string? Report { get; set; }
}
