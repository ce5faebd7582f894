using CommandLine;

namespace TeeChain.Fleet.Options;

/// <summary>As typed.</summary>
[Verb("scale", HelpText = "Has a running fleet (teechain up) grow or shrink to N workers, and waits until it has.")]
internal sealed class ScaleFlags
{
    [Value(0, MetaName = "N", Required = true, HelpText = "How many workers there are to be.")]
    public string Workers { get; set; } = "";

    [Option("registry", Default = RegistryFlag.Default, HelpText = RegistryFlag.Help, MetaValue = "URL")]
    public string Registry { get; set; } = "";

    [Option("secret-file", HelpText = "The secret of the fleet. Default: data/secret, where up makes it.", MetaValue = "FILE")]
    public string? SecretFile { get; set; }
}
