namespace TeeChain.Fleet.Haproxy;

/// <summary>What became of commands.</summary>
internal abstract record RuntimeAnswer
{
    /// <summary>HAProxy's answer to each command, in order, without line ends around it; empty is consent.</summary>
    public sealed record Said(IReadOnlyList<string> Answers) : RuntimeAnswer;

    /// <summary>Nobody answered, or not to every command; they may have been carried out.</summary>
    public sealed record Failed(string Why) : RuntimeAnswer;
}
