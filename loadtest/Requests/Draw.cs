namespace LoadTest.Requests;

/// <summary>Numbers that look random and follow from a seed and a position, so that threads share no state (SplitMix64).</summary>
internal static class Draw
{
    /// <returns>From 0 to <paramref name="limit"/> - 1.</returns>
    public static int Below(int limit, long seed, long position)
    {
        var mixed = unchecked(((ulong)seed * 0xD1342543DE82EF95) + (((ulong)position + 1) * 0x9E3779B97F4A7C15));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }
}
