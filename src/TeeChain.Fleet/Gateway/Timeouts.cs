namespace TeeChain.Fleet.Gateway;

/// <summary>How long the front door waits, as in haproxy.cfg.</summary>
internal static class Timeouts
{
    /// <summary>For a connection to a worker.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(2);

    /// <summary>Without a byte either way: longer than teeproxy's <c>--ack-timeout</c> (15 s), whose 504 says what is known of the write.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    /// <summary>The same for WebSockets and other upgrades.</summary>
    public static readonly TimeSpan Tunnel = TimeSpan.FromHours(1);

    /// <summary>Before a write that found nobody listening looks again for the head.</summary>
    public static readonly TimeSpan NextTry = TimeSpan.FromMilliseconds(250);

    /// <summary>A write looks no longer than this for a head that listens: one that is restarted is back by then.</summary>
    public static readonly TimeSpan Search = TimeSpan.FromSeconds(3);

    /// <summary>For requests under way when a front door stops, of either kind; longer than <see cref="Silence"/>, so that each has its answer.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(25);
}
