using CommandLine;

namespace Compare.Options;

/// <summary>The plain YARP that <see cref="RunFlags"/> starts of itself.</summary>
[Verb("yarp", Hidden = true)]
internal sealed class YarpFlags
{
    [Option("port", Required = true)]
    public int Port { get; set; }

    [Option("to", Required = true, Separator = ',')]
    public IEnumerable<string> To { get; set; } = [];
}
