namespace TeeChain.Fleet.Processes;

/// <summary>How a process is asked to stop before it is killed.</summary>
/// <param name="Signal">The first it gets.</param>
/// <param name="Longest">How long it may then take, before SIGTERM asks once more; null where the first is SIGTERM.</param>
internal sealed record Farewell(int Signal, TimeSpan? Longest)
{
    public static readonly Farewell Terminate = new(Signals.Terminate, null);
}
