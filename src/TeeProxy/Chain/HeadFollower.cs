using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>What a replica does with a heartbeat: renew the lease, note where the head is, hand it on. Thread-safe.</summary>
internal sealed class HeadFollower(HeadLease lease, LagWindow headWindow, Following<Beat> beats)
{
    /// <summary>True when the beat was new.</summary>
    public bool Observe(Heartbeat heartbeat, ReadOnlySpan<byte> view)
    {
        if (!lease.Observe(heartbeat))
        {
            return false;
        }

        headWindow.Note(heartbeat.LastSequence);
        beats.Publish(new Beat(heartbeat, view.ToArray()));
        return true;
    }
}
