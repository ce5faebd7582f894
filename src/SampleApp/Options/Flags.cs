using CommandLine;

namespace SampleApp.Options;

/// <summary>
/// The command line as it was typed. Values stay text here, so that <see cref="Settings"/> alone says what is allowed;
/// each flag is also read from the environment, see <see cref="EnvironmentArguments"/>.
/// </summary>
internal sealed class Flags
{
    [Option("port", Default = "4567", MetaValue = "PORT", HelpText = "Port to listen on, 0 to 65535; 0 takes any free port.")]
    public string Port { get; set; } = "";

    [Option("listen", Default = "127.0.0.1", MetaValue = "ADDRESS", HelpText = "IP address to listen on. Nothing here asks who is calling, so the default is loopback.")]
    public string Listen { get; set; } = "";

    [Option("name", Default = "sample-app", MetaValue = "NAME", HelpText = "Name the answers carry (also from the environment variable NAME).")]
    public string Name { get; set; } = "";

    [Option("delay", Default = "0ms", MetaValue = "TIME", HelpText = "Delays every answer, 0ms to 60s; /api/v1/hello takes a random time around it.")]
    public string Delay { get; set; } = "";

    [Option("failure-rate", Default = "0%", MetaValue = "PERCENT", HelpText = "How many of the answers of /api/v1/hello fail with 500, 0% to 100%.")]
    public string FailureRate { get; set; } = "";

    [Option("reply", Default = "hello", MetaValue = "KIND", HelpText = "What / answers: hello (a greeting) or count (the number of requests).")]
    public string Reply { get; set; } = "";

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
