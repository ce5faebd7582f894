namespace TeeProxy.Delivery.Keys;

/// <summary>What <c>--key</c> names.</summary>
/// <param name="Text">In one spelling, for nodes to compare.</param>
internal sealed record KeySpec(string Text, IKeySource Source)
{
    public const string Forms = "form:NAME, json:/POINTER, header:NAME, query:NAME or path";

    /// <summary>Null when it is none of <see cref="Forms"/>.</summary>
    public static KeySpec? TryParse(string? text)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var (kind, name) = colon < 0 ? (text, "") : (text![..colon], text[(colon + 1)..]);
        IKeySource? source = (kind, name) switch
        {
            ("path", "") when colon < 0 => new PathKey(),
            ("form", not "") => new FormKey(name),
            ("query", not "") => new QueryKey(name),
            ("header", _) when IsToken(name) => new HeaderKey(name),
            ("json", _) when JsonKey.TryParse(name) is { } key => key,
            _ => null,
        };
        return source is null ? null : new KeySpec(source is HeaderKey ? text!.ToLowerInvariant() : text!, source);
    }

    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
