using CommandLine;

namespace LoadTest.Options;

/// <summary>The command line as it was typed. Values stay text here, so that <see cref="LoadOptions"/> alone says what is allowed.</summary>
internal sealed class Flags
{
    [Option("url", MetaValue = "URL", HelpText = "Where clients go. Default: http://127.0.0.1.")]
    public string Url { get; set; } = "http://127.0.0.1";

    [Option("gets", MetaValue = "RATE", HelpText = "GET /login a second, 0 to 100000. Default: 1000.")]
    public string Gets { get; set; } = "1000";

    [Option("posts", MetaValue = "RATE", HelpText = "POST /register and /changePassword a second, in turn, 0 to 100000. Default: 100.")]
    public string Posts { get; set; } = "100";

    [Option("duration", MetaValue = "TIME", HelpText = "How long is measured (each step of steps, each half of single-vs-fleet), 1s to 24h. Default: 30s.")]
    public string Duration { get; set; } = "30s";

    [Option("warm-up", MetaValue = "TIME", HelpText = "How long the same load runs before, unmeasured, 0s to 1h. Default: 5s.")]
    public string WarmUp { get; set; } = "5s";

    [Option("users", MetaValue = "N", HelpText = "How many users are registered first, 1 to 1000000. Default: 1000.")]
    public string Users { get; set; } = "1000";

    [Option("nodes", MetaValue = "ADDRESSES", HelpText = "Admin ports of all nodes, or none: then no write is checked. Default: :9500,:9501,:9502.")]
    public string Nodes { get; set; } = ":9500,:9501,:9502";

    [Option("report", MetaValue = "DIR", HelpText = "Where report.txt, .json, .csv and .html are written. Default: loadtest-report.")]
    public string Report { get; set; } = "loadtest-report";

    [Option("seed", MetaValue = "N", HelpText = "Who is asked for when, and the users' names, follow from it; each once in a fleet's life. Default: random.")]
    public string? Seed { get; set; }

    [Option("max-p99", MetaValue = "TIME", HelpText = "Fails when a 99th percentile is above it. Default: no limit; for steps 250ms, where a step breaks.")]
    public string? MaxP99 { get; set; }

    [Option("scenario", MetaValue = "NAME", HelpText = "ab, single-vs-fleet or steps. Default: ab.")]
    public string Scenario { get; set; } = "ab";

    [Option("single", MetaValue = "URL", HelpText = "For single-vs-fleet: one of the fleet's applications. Default: the first node's.")]
    public string? Single { get; set; }

    [Option("order", MetaValue = "ORDER", HelpText = "total, or key where the nodes run with --order key --key form:user. Default: total.")]
    public string Order { get; set; } = "total";

    [Option("secret-file", MetaValue = "FILE", HelpText = "The nodes' secret, for nodes on other machines. Default: none.")]
    public string? SecretFile { get; set; }

    /// <summary>Catches what is no flag; the parser would drop it without a word.</summary>
    [Value(0, Hidden = true)]
    public IEnumerable<string> Unexpected { get; set; } = [];
}
