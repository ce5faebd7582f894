namespace TeeChain.Protocol.Hop;

/// <summary>What one node has reached. Upstream a node sends its own row and all it knows of the nodes behind it, downstream its own and those before it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Journal">Its journal; another id under the same node means that its folder is new.</param>
/// <param name="Durable">The last sequence on its disk.</param>
/// <param name="Applied">The last sequence before which nothing is undelivered to its application.</param>
/// <param name="View">The head's view of the chain that it holds durably.</param>
/// <param name="State">Claims about it now.</param>
/// <param name="Detail">What people want to know (<see cref="Status.NodeDetail"/>, UTF-8 JSON); empty when unchanged since the last row on this stream.</param>
public readonly record struct AckRow(
    Guid Node,
    Guid Journal,
    long Durable,
    long Applied,
    ViewVersion View,
    AckState State,
    ReadOnlyMemory<byte> Detail)
{
    /// <summary>How long ago the sender heard this of the node: nothing for its own row. In whole milliseconds on the wire.</summary>
    public TimeSpan Age { get; init; }
}
