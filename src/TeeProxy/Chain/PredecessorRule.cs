namespace TeeProxy.Chain;

/// <summary>Which of two predecessors a node listens to: one stream, and a newcomer must have a reason. Pure.</summary>
internal static class PredecessorRule
{
    /// <summary>After how many silent heartbeat intervals a stream counts as dead.</summary>
    public const int SilentIntervals = 3;

    /// <param name="Node">The present predecessor.</param>
    /// <param name="SinceBeat">Since its stream brought a new heartbeat (of the head, once there is one).</param>
    /// <param name="HasHandedOver">It said that another takes over.</param>
    internal sealed record Present(Guid Node, TimeSpan SinceBeat, bool HasHandedOver);

    /// <summary>A node that comes back replaces its own old stream at once: it has let go of that one.</summary>
    public static bool NewcomerWins(Present? present, Guid newcomer, TimeSpan interval) =>
        present is null
        || present.Node == newcomer
        || present.HasHandedOver
        || present.SinceBeat >= interval * SilentIntervals;
}
