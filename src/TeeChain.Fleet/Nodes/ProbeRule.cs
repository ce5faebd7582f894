namespace TeeChain.Fleet.Nodes;

/// <summary>How often front doors ask a node whether it is ready. Pure.</summary>
internal static class ProbeRule
{
    /// <summary>More often would cost a node more than it tells.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Ten times in a health interval: two probes in a row that fail, behind the node's own look at its application (1 s at most), are
    /// over well within two. 500 ms where nothing else is said, as in haproxy.cfg.
    /// </summary>
    public static TimeSpan IntervalOf(TimeSpan healthInterval) => healthInterval / 10 > Shortest ? healthInterval / 10 : Shortest;
}
