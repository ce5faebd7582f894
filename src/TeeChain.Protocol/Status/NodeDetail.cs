namespace TeeChain.Protocol.Status;

/// <summary>What a node tells upstream about itself for people to read; travels with its ACK row when it changes.</summary>
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
}
