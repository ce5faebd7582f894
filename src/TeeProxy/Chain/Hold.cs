namespace TeeProxy.Chain;

/// <summary>
/// Whether an operator holds the head's writes, so that the nodes' states can be copied at one place of the order. One hold
/// at a time; it ends by itself when its lease is over, on the monotonic clock, and with the process. Thread-safe.
/// </summary>
internal sealed class Hold(TimeProvider time)
{
    private volatile Lease? _lease;

    /// <summary>One hold. Whoever has it can tell whether it still stands.</summary>
    internal sealed record Lease(Guid Token, TimeSpan Length, long Began, TimeProvider Time)
    {
        /// <summary>The last record at which everybody is; set once, when that is so.</summary>
        public long? Sequence { get; set; }

        /// <summary>Zero or less when it is over.</summary>
        public TimeSpan Left => Length - Time.GetElapsedTime(Began);
    }

    /// <summary>Whether writes are refused now. Set before anything is waited for, so who enters later sees it.</summary>
    public bool IsHeld => _lease is { Left.Ticks: > 0 };

    /// <summary>Null while another stands.</summary>
    public Lease? Begin(TimeSpan length)
    {
        var next = new Lease(Guid.NewGuid(), length, time.GetTimestamp(), time);
        var present = _lease;
        return present is not { Left.Ticks: > 0 } && Interlocked.CompareExchange(ref _lease, next, present) == present ? next : null;
    }

    /// <summary>The hold of that token ends. Null when there is none; else see <see cref="HoldRule.WhyBroken"/>.</summary>
    public Lease? End(Guid token) =>
        _lease is { } lease && lease.Token == token && Interlocked.CompareExchange(ref _lease, null, lease) == lease ? lease : null;
}
