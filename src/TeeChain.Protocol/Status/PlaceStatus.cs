namespace TeeChain.Protocol.Status;

/// <summary>
/// A node in its place in the chain, as another node or itself knows it. What the node said of itself is as old as
/// <see cref="SecondsSinceHeard"/>; a member is null where nobody has said it.
/// </summary>
public sealed record PlaceStatus
{
    /// <summary>Null for a successor of somebody's list that has never answered.</summary>
    public Guid? Node { get; init; }

    public required string Address { get; init; }

    public string? Admin { get; init; }

    public string? Name { get; init; }

    /// <summary>Whether it is the node that answers.</summary>
    public bool Self { get; init; }

    /// <summary><c>head</c>, <c>middle</c>, <c>tail</c>, or <c>undecided</c> before there is a chain.</summary>
    public string? Role { get; init; }

    /// <summary>Whether it was heard of within the last 3 s, and whoever told of it still does.</summary>
    public bool Heard { get; init; }

    /// <summary>Null when it was never heard of since this node started.</summary>
    public double? SecondsSinceHeard { get; init; }

    public long? Epoch { get; init; }

    /// <summary>The last sequence on its disk.</summary>
    public long? Durable { get; init; }

    /// <summary>The last sequence before which nothing is undelivered to its application.</summary>
    public long? Applied { get; init; }

    /// <summary>Records of the head that its application has not applied.</summary>
    public long? LagEntries { get; init; }

    public double? LagSeconds { get; init; }

    /// <summary>Writes that its application took, a second, over the last few.</summary>
    public double? WritesPerSecond { get; init; }

    public ReadyStatus? Ready { get; init; }

    /// <summary>Whether it is still being brought up to date and does not count yet.</summary>
    public bool Joining { get; init; }

    public bool Draining { get; init; }

    /// <summary>Whether the head let go of it when the journal's budget was used up.</summary>
    public bool Detached { get; init; }

    public long? Parked { get; init; }

    public long? Divergences { get; init; }

    public long? Redelivered { get; init; }

    /// <summary>How records come to it; null for the head.</summary>
    public LinkStatus? Link { get; init; }
}

/// <summary>How records come to a node.</summary>
/// <param name="From">Who streams to it, or should.</param>
/// <param name="State">
/// <c>connected</c>; <c>bypassed</c>: its predecessor streams past it; <c>catchup</c>: the same, and it is being brought up
/// to date beside the stream; <c>down</c>; <c>unknown</c>: whoever could tell is not heard of.
/// </param>
/// <param name="Why">Why records do not come.</param>
public sealed record LinkStatus(string? From, string State, string? Why);
