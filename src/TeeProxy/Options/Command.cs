using TeeChain.Journaling;

namespace TeeProxy.Options;

/// <summary>What the command line asks for.</summary>
internal abstract record Command
{
    private Command()
    {
    }

    /// <summary>Run a node.</summary>
    internal sealed record Run(NodeOptions Options) : Command;

    /// <summary>Read a journal, for people.</summary>
    /// <param name="Dump">Print the entries; else only check them.</param>
    /// <param name="Folder">The data folder, absolute.</param>
    /// <param name="Bodies">Print bodies too; they hold passwords.</param>
    internal sealed record Journal(bool Dump, string Folder, bool Bodies) : Command;

    /// <summary>Make an empty folder into that of a node whose application holds everything up to a record.</summary>
    internal sealed record Seed(string Folder, Guid Chain, JournalPosition Position, ulong Digest) : Command;

    /// <summary>Nothing to run: print <paramref name="Text"/> (standard error unless <paramref name="Code"/> is 0) and exit.</summary>
    internal sealed record Exit(int Code, string Text) : Command;
}
