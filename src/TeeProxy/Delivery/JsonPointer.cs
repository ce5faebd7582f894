namespace TeeProxy.Delivery;

/// <summary>A place in a JSON text (RFC 6901), taken apart; never the whole text.</summary>
internal static class JsonPointer
{
    /// <summary>Null when it is no pointer, or points to the whole document.</summary>
    public static IReadOnlyList<string>? TryParse(string pointer)
    {
        var parts = pointer.Split('/');
        var isPointer = parts.Length > 1 && parts[0].Length == 0
            && parts.All(part => !part.Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal));

        // In this order (RFC 6901 section 4): ~01 is ~1, not a slash.
        return isPointer
            ? [.. parts.Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : null;
    }
}
