using CommandLine;
using TeeChain.CommandLines;

namespace SampleApp.Options;

/// <summary>
/// The command line as it was typed. Values stay text here, so that <see cref="Settings"/> alone says what is allowed;
/// each flag is also read from the environment, see <see cref="EnvironmentArguments"/>.
/// </summary>
internal sealed class Flags
{
    [Option("port", MetaValue = "PORT", HelpText = "Port to listen on, 0 to 65535; 0 takes any free port. Default: 4567.")]
    public string Port { get; set; } = "4567";

    [Option("listen", MetaValue = "ADDRESS", HelpText = "IP address to listen on. Nothing here asks who is calling, so the default is loopback. Default: 127.0.0.1.")]
    public string Listen { get; set; } = "127.0.0.1";

    [Option("name", MetaValue = "NAME", HelpText = "Name the answers carry (also from the environment variable NAME). Default: sample-app.")]
    public string Name { get; set; } = "sample-app";

    [Option("delay", MetaValue = "TIME", HelpText = "Delays every answer, 0ms to 60s; /api/v1/hello takes a random time around it. Default: 0ms.")]
    public string Delay { get; set; } = "0ms";

    [Option("failure-rate", MetaValue = "PERCENT", HelpText = "How many of the answers of /api/v1/hello fail with 500, 0% to 100%. Default: 0%.")]
    public string FailureRate { get; set; } = "0%";

    [Option("reply", MetaValue = "KIND", HelpText = "What / answers: hello (a greeting) or count (the number of requests). Default: hello.")]
    public string Reply { get; set; } = "hello";

    [Option("data", MetaValue = "FILE", HelpText = "Keeps the users in this file across restarts and kill -9. Default: in memory only.")]
    public string? Data { get; set; }

    [Option("fsync", HelpText = "With --data: also waits for the disk, so that a power failure loses nothing.")]
    public bool Fsync { get; set; }

    [Option("test-controls", HelpText = "For tests: adds POST /test/fail-writes, /test/hang, /test/mutate-answers and GET /test.")]
    public bool TestControls { get; set; }

    /// <summary>Catches what is no flag; the parser would drop it without a word.</summary>
    [Value(0, Hidden = true)]
    public IEnumerable<string> Unexpected { get; set; } = [];
}
