namespace TeeChain.Protocol.Hop;

/// <summary>What a node says of itself when it opens to another, mostly to its successor. JSON, so that a later version may add to it.</summary>
public sealed record Opening
{
    /// <summary><see cref="HopEndpoint.Version"/>.</summary>
    public required int Protocol { get; init; }

    /// <summary>The chain's id; null while the predecessor belongs to none.</summary>
    public Guid? Chain { get; init; }

    public required Guid Node { get; init; }

    public required Guid Journal { get; init; }

    /// <summary>Where this node listens, for people and for <c>421</c> answers.</summary>
    public required string Address { get; init; }

    /// <summary>The highest epoch that this node has made durable; 0 before a chain.</summary>
    public required long Epoch { get; init; }

    /// <summary>The head of <see cref="Epoch"/>.</summary>
    public Guid? Head { get; init; }

    /// <summary>Where the head listens.</summary>
    public string? HeadAddress { get; init; }

    /// <summary>
    /// This node has only heard of <see cref="Epoch"/> and has not followed its head yet, or wants to lead it and does not: its
    /// last records may not be the chain's, and nobody shall take them.
    /// </summary>
    public bool IsWithoutHead { get; init; }

    /// <summary>The head's view of the chain that this node holds.</summary>
    public ViewVersion View { get; init; }

    /// <summary>The nodes from the first to this one, itself included. A node that finds itself here refuses: a cycle.</summary>
    public required IReadOnlyList<Guid> Path { get; init; }

    /// <summary>Right before the first record still kept.</summary>
    public required Position Base { get; init; }

    public required Position Last { get; init; }

    /// <summary>The last 64 epochs, oldest first.</summary>
    public required IReadOnlyList<EpochStart> Epochs { get; init; }

    /// <summary>Digest of the settings that must be equal on all nodes (order, key, methods, paths).</summary>
    public required string Settings { get; init; }

    /// <summary>Those settings in words, for the message when the digests differ.</summary>
    public required string SettingsText { get; init; }

    /// <summary>Whether a client waits for acks: then they flow at once, else they are gathered for some milliseconds.</summary>
    public bool EagerAcks { get; init; }

    /// <summary>What the connection is for.</summary>
    public OpeningPurpose Purpose { get; init; }

    /// <summary>With <see cref="OpeningPurpose.Promise"/>: an operator accepts that what only this node holds is lost.</summary>
    public bool IsForced { get; init; }
}
