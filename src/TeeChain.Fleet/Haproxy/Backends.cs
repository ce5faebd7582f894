namespace TeeChain.Fleet.Haproxy;

/// <summary>The four backends of the bundled haproxy.cfg; the keeper touches no other.</summary>
internal static class Backends
{
    /// <summary>Teeproxies; who is the confirmed head of a chain passes its check.</summary>
    public const string Writes = "writes";

    /// <summary>The first worker's teeproxy alone: where a chain is founded.</summary>
    public const string WritesFirst = "writes_first";

    /// <summary>Applications; who is in step passes.</summary>
    public const string Reads = "reads";

    /// <summary>Applications; who is nearly in step passes.</summary>
    public const string ReadsStale = "reads_stale";

    public static readonly IReadOnlyList<string> All = [Writes, WritesFirst, Reads, ReadsStale];
}
