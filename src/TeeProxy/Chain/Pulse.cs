namespace TeeProxy.Chain;

/// <summary>How the head's heartbeat is timed.</summary>
internal static class Pulse
{
    /// <summary>How often the head beats.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a beat keeps a node in step: three intervals.</summary>
    public static readonly TimeSpan Lease = Interval * PredecessorRule.SilentIntervals;
}
