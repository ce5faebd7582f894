namespace Compare.Systems;

/// <summary>One way to bring a write to all applications.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="Nodes">How many applications it brings writes to.</param>
/// <param name="Path">What is asked for: /register, or /empty for answers without a body.</param>
internal sealed record Contestant(string Name, int Nodes, string Path, Func<Arena, Task<RunningSystem>> StartAsync)
{
    public const string WithBody = "/register";
    public const string Empty = "/empty";
}
