using CommandLine;

namespace TeeChain.Fleet.Options;

/// <summary>As typed.</summary>
[Verb("up", HelpText = "Starts the fleet of a file on this machine and runs it until Ctrl-C: workers, registry, front doors.")]
internal sealed class UpFlags
{
    [Option('f', "file", HelpText = "The fleet's file. Default: teechain.yaml, then config.yaml.", MetaValue = "FILE")]
    public string? File { get; set; }
}
