using System.Numerics;

namespace TeeChain.Journaling;

/// <summary>
/// How far the local application is. Bit <c>i % 8</c> (lowest first) of byte <c>i / 8</c> of <paramref name="DoneBeyond"/>
/// is the record <c>Watermark + 1 + i</c>.
/// </summary>
/// <param name="Watermark">Every record up to this one is done.</param>
/// <param name="DoneBeyond">What is done beyond it; at most 1 KiB.</param>
/// <param name="Notes">The owner's own; at most 16 KiB.</param>
public sealed record CursorState(long Watermark, ReadOnlyMemory<byte> DoneBeyond, ReadOnlyMemory<byte> Notes)
{
    public const int MaxDoneBeyondBytes = 1024;
    public const int MaxNotesBytes = 16 * 1024;

    public static CursorState Start { get; } = new(0, default, default);

    /// <summary>The last record that is done.</summary>
    internal long Highest
    {
        get
        {
            var bits = DoneBeyond.Span.TrimEnd((byte)0);
            return bits.IsEmpty ? Watermark : Watermark + ((bits.Length - 1) * 8L) + BitOperations.Log2(bits[^1]) + 1;
        }
    }

    public bool Equals(CursorState? other) =>
        other is not null && Watermark == other.Watermark
        && DoneBeyond.Span.SequenceEqual(other.DoneBeyond.Span) && Notes.Span.SequenceEqual(other.Notes.Span);

    public override int GetHashCode() => HashCode.Combine(Watermark, DoneBeyond.Length, Notes.Length);
}
