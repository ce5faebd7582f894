namespace TeeProxy.Delivery;

/// <summary>
/// What is done behind the watermark, in any order, and the digest that follows from it in the order of the sequences:
/// equal on two nodes whatever their lanes did. Not thread-safe, but for <see cref="Digest"/>.
/// Invariant: the record right behind the watermark is not done.
/// </summary>
internal sealed class DoneWindow(long watermark, ulong digest)
{
    /// <summary>Nothing further behind the watermark is begun.</summary>
    public const int Records = 512;

    private readonly Slot[] _slots = new Slot[Records];
    private int _beyond;

    private enum Kind : byte
    {
        NotDone,
        Write,
        Other,
    }

    private readonly record struct Slot(Kind Kind, uint Crc, int Status);

    /// <summary>Every record up to this one is done.</summary>
    public long Watermark { get; private set; } = watermark;

    public DeliveredDigest Digest { get; } = new(watermark, digest);

    public bool IsDone(long sequence) => sequence <= Watermark || (sequence <= Watermark + Records && _slots[Index(sequence)].Kind != Kind.NotDone);

    /// <summary>A write was answered.</summary>
    public void Delivered(long sequence, uint crc, int status) => Set(sequence, new Slot(Kind.Write, crc, status));

    /// <summary>A record that is no write was read.</summary>
    public void Passed(long sequence) => Set(sequence, new Slot(Kind.Other, 0, 0));

    /// <summary>
    /// The writes that are done beyond the watermark: their bits as the journal's cursor keeps them, and the status of
    /// each. Other records are read again after a restart.
    /// </summary>
    public (byte[] Bits, ushort[] Statuses) WritesBeyond()
    {
        if (_beyond == 0)
        {
            return ([], []);
        }

        var bits = new byte[Records / 8];
        var statuses = new List<ushort>();
        for (int i = 0, left = _beyond; left > 0; i++)
        {
            var slot = _slots[Index(Watermark + 1 + i)];
            left -= slot.Kind == Kind.NotDone ? 0 : 1;
            if (slot.Kind == Kind.Write)
            {
                bits[i / 8] |= (byte)(1 << (i % 8));
                statuses.Add((ushort)slot.Status);
            }
        }

        return (bits.AsSpan().TrimEnd((byte)0).ToArray(), [.. statuses]);
    }

    /// <summary>Whether <paramref name="bits"/>, as <see cref="WritesBeyond"/> made them, hold the record that is so many behind the watermark (from 1).</summary>
    public static bool Holds(ReadOnlySpan<byte> bits, long behind) => behind <= bits.Length * 8 && (bits[(int)((behind - 1) / 8)] >> (int)((behind - 1) % 8) & 1) != 0;

    private static int Index(long sequence) => (int)(sequence & (Records - 1));

    private void Set(long sequence, Slot done)
    {
        if (sequence <= Watermark || sequence > Watermark + Records)
        {
            throw new InvalidOperationException($"Record {sequence} is not in the window behind {Watermark}.");
        }

        _slots[Index(sequence)] = done;
        _beyond++;
        for (var next = Watermark + 1; _slots[Index(next)] is { Kind: not Kind.NotDone } slot; next++)
        {
            if (slot.Kind == Kind.Write)
            {
                Digest.Delivered(next, slot.Crc, slot.Status);
            }
            else
            {
                Digest.Passed(next);
            }

            _slots[Index(next)] = default;
            _beyond--;
            Watermark = next;
        }
    }
}
