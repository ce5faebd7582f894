namespace TeeChain.Protocol.Status;

/// <summary>
/// What a node tells about itself for people to read; travels with its row, up and down the chain, when it changes. A
/// release that does not know a member leaves it out.
/// </summary>
public sealed record NodeDetail
{
    public required string Address { get; init; }

    public required string Admin { get; init; }

    /// <summary>Writes whose answer here differed from the head's.</summary>
    public long Divergences { get; init; }

    /// <summary>Writes delivered to the application more than once, marked.</summary>
    public long Redelivered { get; init; }

    public int Parked { get; init; }

    /// <summary>Why the node gets no reads; null when it does.</summary>
    public string? NotReadable { get; init; }

    /// <summary>As which it announces itself; null where it does not.</summary>
    public string? Name { get; init; }

    /// <summary><c>undecided</c>, <c>head</c> or <c>replica</c>.</summary>
    public string? Role { get; init; }

    public long Epoch { get; init; }

    public double LagSeconds { get; init; }

    /// <summary>Writes that its application took, a second, over the last few.</summary>
    public double WritesPerSecond { get; init; }

    public ReadyStatus? Ready { get; init; }

    /// <summary>All successors of its list, in its order; null where the release does not say.</summary>
    public IReadOnlyList<NextStatus>? Successors { get; init; }

    /// <summary>Equality that looks into the list.</summary>
    public bool SaysTheSameAs(NodeDetail other) =>
        this with { Successors = other.Successors } == other && (Successors ?? []).SequenceEqual(other.Successors ?? []);
}
