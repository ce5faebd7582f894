namespace TeeProxy.Options;

/// <summary>
/// What CommandLineParser's <c>Option</c> cannot say of a flag. Both together are the one table from which parsing,
/// ranges, messages, <c>--help</c> and the environment variables' names come; see <see cref="Flag"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlagAttribute : Attribute
{
    /// <summary>Shown first: what every operator decides.</summary>
    public bool Basic { get; init; }

    /// <summary>The smallest value allowed, as an operator would write it; with <see cref="Max"/>.</summary>
    public string? Min { get; init; }

    public string? Max { get; init; }

    /// <summary>All values allowed, when they are few.</summary>
    public string[]? Choices { get; init; }

    /// <summary>The default in words, where it depends on something else.</summary>
    public string? Otherwise { get; init; }
}
