namespace TeeChain.Fleet.Nodes;

/// <summary>What came of asking a node.</summary>
/// <param name="Value">What it answered; null when it refused or did not answer.</param>
/// <param name="Status">Of HTTP; null when there was no answer that could be read.</param>
/// <param name="Why">Why there is no value: the node's own words, or what failed on the way; null when there is one.</param>
internal sealed record Reply<T>(T? Value, int? Status, string? Why)
    where T : class
{
    public bool IsOk => Value is not null;

    /// <summary>Whether a change that was asked for may have been made although nobody said so.</summary>
    public bool IsUnknown => Value is null && Status is null;
}

/// <summary>A node's successors, as <c>/admin/next</c> shows them.</summary>
/// <param name="Version">To be named by who replaces the list.</param>
internal sealed record NextList(IReadOnlyList<string> Next, long Version);

/// <summary>What an operator says a known node still has: <c>/admin/nodes/ID/declare?as=</c>.</summary>
internal readonly record struct Declared(string Text)
{
    public static readonly Declared Empty = new("empty");

    public static readonly Declared Rewound = new("rewound");

    public static Declared Seeded(long sequence) => new($"seeded:{sequence}");
}
