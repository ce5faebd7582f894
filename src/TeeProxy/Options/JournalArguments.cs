using CommandLine;

namespace TeeProxy.Options;

/// <summary>The words of <c>teeproxy journal check|dump DIR [--bodies]</c> and <c>journal seed DIR --chain ID --position P</c> as they were written.</summary>
[Verb("journal")]
internal sealed class JournalArguments
{
    [Value(0)]
    public string? Action { get; set; }

    [Value(1)]
    public string? Folder { get; set; }

    /// <summary>Collects what is too much, so that it is refused and not ignored.</summary>
    [Value(2)]
    public IEnumerable<string> Rest { get; set; } = [];

    [Option("bodies")]
    public bool Bodies { get; set; }

    [Option("chain")]
    public string? Chain { get; set; }

    [Option("position")]
    public string? Position { get; set; }
}
