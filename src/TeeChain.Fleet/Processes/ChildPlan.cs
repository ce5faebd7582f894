namespace TeeChain.Fleet.Processes;

/// <summary>A program that is to run as a process of its own.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Words">The program, as a path or a name on PATH, and its arguments.</param>
/// <param name="Log">All it prints is appended to this file.</param>
internal sealed record ChildPlan(string Name, IReadOnlyList<string> Words, string Log)
{
    /// <summary>How it is asked to stop.</summary>
    public Farewell Farewell { get; init; } = Farewell.Terminate;

    /// <summary>Added to our own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
