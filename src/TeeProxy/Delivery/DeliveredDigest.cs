namespace TeeProxy.Delivery;

/// <summary>
/// A rolling digest over (sequence, record CRC, status answered) of every write delivered, in order. Two nodes with equal
/// digests at a sequence have delivered the same writes and were answered alike. It finds mistakes, not forgers.
/// One writer; <see cref="At"/> from any thread.
/// </summary>
internal sealed class DeliveredDigest(long watermark, ulong digest)
{
    /// <summary>How far back <see cref="At"/> remembers.</summary>
    public const int Remembered = 1 << 16;

    private readonly (long Sequence, ulong Digest)[] _ring = new (long, ulong)[Remembered];
    private readonly Lock _gate = new();
    private long _from = watermark;
    private long _to = watermark;
    private ulong _digest = digest;

    public ulong Current
    {
        get
        {
            lock (_gate)
            {
                return _digest;
            }
        }
    }

    /// <summary>A write was delivered and answered.</summary>
    public void Delivered(long sequence, uint crc, int status) => Advance(sequence, Mix(Mix(_digest ^ (ulong)sequence) ^ ((ulong)crc << 16) ^ (ulong)status));

    /// <summary>A record that is no write was passed: the digest stays what it is.</summary>
    public void Passed(long sequence) => Advance(sequence, _digest);

    /// <summary>
    /// A write up to here was answered otherwise than was noted, or never delivered (<paramref name="status"/> 0): from now on the
    /// digest differs from that of nodes where it was, and what it was before is not told any more.
    /// </summary>
    public void Differ(long sequence, int status)
    {
        lock (_gate)
        {
            _digest = Mix(Mix(_digest ^ (ulong)sequence) ^ ~(ulong)status);
            _from = _to;
        }
    }

    /// <summary>The digest as it was at <paramref name="sequence"/>; null when that is ahead, or too long ago, or before this run began.</summary>
    public ulong? At(long sequence)
    {
        lock (_gate)
        {
            if (sequence == _to)
            {
                return _digest;
            }

            var slot = _ring[sequence & (Remembered - 1)];
            return sequence > _from && sequence < _to && slot.Sequence == sequence ? slot.Digest : null;
        }
    }

    private void Advance(long sequence, ulong digest)
    {
        lock (_gate)
        {
            _digest = digest;
            _to = sequence;
            _ring[sequence & (Remembered - 1)] = (sequence, digest);
        }
    }

    // The finalizer of MurmurHash3 (Appleby, public domain): every input bit reaches every output bit.
    private static ulong Mix(ulong x)
    {
        x ^= x >> 33;
        x *= 0xff51afd7ed558ccd;
        x ^= x >> 33;
        x *= 0xc4ceb9fe1a85ec53;
        return x ^ (x >> 33);
    }
}
