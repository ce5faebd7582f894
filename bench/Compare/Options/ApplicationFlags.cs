using CommandLine;

namespace Compare.Options;

/// <summary>The application that <see cref="RunFlags"/> starts of itself.</summary>
[Verb("application", Hidden = true)]
internal sealed class ApplicationFlags
{
    [Option("port", Required = true)]
    public int Port { get; set; }
}
