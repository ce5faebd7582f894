namespace TeeProxy.Delivery.Comparing;

/// <summary>What a node's application answered to one write, as far as it is kept for people to look at.</summary>
/// <param name="Digest">Never 0.</param>
/// <param name="Length">Of the whole body.</param>
/// <param name="Body">Its first <see cref="MostBodyBytes"/>.</param>
internal sealed record KeptAnswer(int Status, ulong Digest, IReadOnlyList<KeyValuePair<string, string>> Headers, long Length, byte[] Body)
{
    public const int MostBodyBytes = 64 << 10;

    // Objects, array and table entries beside what is counted.
    private const int OverheadBytes = 256;

    /// <summary>What it holds of memory, more or less.</summary>
    public int HeldBytes => OverheadBytes + Body.Length + Headers.Sum(static header => 2 * (header.Key.Length + header.Value.Length) + 64);
}
