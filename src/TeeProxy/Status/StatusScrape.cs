using TeeChain.Protocol.Status;

namespace TeeProxy.Status;

/// <summary>
/// Lets all instruments of one scrape read one snapshot: it serves each instrument once and is a second old at most, so
/// an instrument that asks again, or a listener that asks only some, gets a new one. Thread-safe.
/// </summary>
internal sealed class StatusScrape(Func<NodeStatus> status, TimeProvider time)
{
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(1);

    private volatile Snapshot? _current;

    /// <summary>The status for the instrument with this number, 0 to 63.</summary>
    public NodeStatus For(int instrument)
    {
        var bit = 1L << instrument;
        var current = _current;
        if (current is not null && time.GetElapsedTime(current.Taken) < Oldest && (Interlocked.Or(ref current.Served, bit) & bit) == 0)
        {
            return current.Status;
        }

        // Two listeners at once may each take one; both are true.
        _current = current = new Snapshot(status(), time.GetTimestamp()) { Served = bit };
        return current.Status;
    }

    private sealed class Snapshot(NodeStatus status, long taken)
    {
        public long Served;

        public NodeStatus Status => status;

        public long Taken => taken;
    }
}
