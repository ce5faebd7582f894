namespace TeeProxy.Chain;

/// <summary>Which of two predecessors a node listens to: one stream, and a newcomer must have a reason. Pure.</summary>
internal static class PredecessorRule
{
    /// <summary>After how many silent heartbeat intervals a stream counts as dead.</summary>
    public const int SilentIntervals = 3;

    /// <param name="Node">The present predecessor.</param>
    /// <param name="SinceBeat">Since its stream brought a new heartbeat (of the head, once there is one).</param>
    internal sealed record Present(Guid Node, TimeSpan SinceBeat);

    /// <summary>
    /// A node that comes back replaces its own old stream at once: it has let go of that one. One of a higher epoch does
    /// too: the present one is of an old head. Who hands over closes its stream.
    /// </summary>
    public static bool NewcomerWins(Present? present, Guid newcomer, bool isOfHigherEpoch, TimeSpan interval) =>
        present is null
        || present.Node == newcomer
        || isOfHigherEpoch
        || present.SinceBeat >= interval * SilentIntervals;
}
