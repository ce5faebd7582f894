using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// When the head was last heard of, on this node's own monotonic clock. Only a counter that advances renews the lease:
/// a relayed beat that is old renews nothing. Thread-safe.
/// </summary>
internal sealed class HeadLease(TimeProvider time)
{
    private readonly Lock _gate = new();
    private Heartbeat _last;
    private long _renewed = time.GetTimestamp();
    private bool _everRenewed;

    /// <summary>The newest beat.</summary>
    public Heartbeat Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Since the lease was renewed; a very long time when it never was.</summary>
    public TimeSpan SinceRenewal
    {
        get
        {
            lock (_gate)
            {
                return _everRenewed ? time.GetElapsedTime(_renewed) : TimeSpan.MaxValue;
            }
        }
    }

    /// <summary>The chain is founded this very moment: its head is alive although it has not beaten yet.</summary>
    public void Grant()
    {
        lock (_gate)
        {
            _renewed = time.GetTimestamp();
            _everRenewed = true;
        }
    }

    /// <summary>True when the beat is new and has renewed the lease; it is then to be relayed.</summary>
    public bool Observe(Heartbeat beat)
    {
        lock (_gate)
        {
            var isNew = beat.IsOfHead && (beat.Incarnation != _last.Incarnation
                ? beat.Epoch >= _last.Epoch
                : beat.Counter > _last.Counter);
            if (isNew)
            {
                _last = beat;
                _renewed = time.GetTimestamp();
                _everRenewed = true;
            }

            return isNew;
        }
    }
}
