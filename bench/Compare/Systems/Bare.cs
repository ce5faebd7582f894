namespace Compare.Systems;

/// <summary>No proxy at all.</summary>
internal static class Bare
{
    /// <summary>The floor of the job: the client sends every write to every application itself.</summary>
    public static Contestant ClientToAll { get; } = new("client sends to all three itself", 3, Contestant.WithBody, arena => Task.FromResult(new RunningSystem(arena.Nodes(3), [])));

    /// <summary>What a write costs that reaches one application alone.</summary>
    public static Contestant Direct { get; } = new("direct to one application", 1, Contestant.WithBody, arena => Task.FromResult(new RunningSystem(arena.Nodes(1), [])));
}
