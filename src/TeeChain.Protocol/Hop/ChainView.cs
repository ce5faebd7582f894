using System.Text.Json;

namespace TeeChain.Protocol.Hop;

/// <summary>
/// The chain as its head sees it, in every heartbeat. What an operator says at the head about a node (that it was removed,
/// that its folder is another) reaches everybody this way; and a node that is to be promoted knows by it whom to ask.
/// </summary>
/// <param name="Version">Rises with every change. Who has made a view durable says so in its row.</param>
/// <param name="Nodes">The nodes that count, the head first.</param>
/// <param name="Announced">The nodes that will count once all that do have this on disk.</param>
/// <param name="Declared">What operators declared of nodes and is not yet fulfilled.</param>
/// <param name="Detached">The nodes that the head let go of when its journal's budget was used up.</param>
/// <param name="Removed">The nodes that operators removed last, oldest first, at most 64.</param>
public sealed record ChainView(
    ViewVersion Version,
    IReadOnlyList<ChainNode> Nodes,
    IReadOnlyList<ChainNode> Announced,
    IReadOnlyList<Declaration> Declared,
    IReadOnlyList<Detachment> Detached,
    IReadOnlyList<Guid> Removed)
{
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.ChainView);

    /// <summary>Null when it is empty, or what another version says otherwise: it must not stop the heartbeats.</summary>
    public static ChainView? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? null : JsonSerializer.Deserialize(json, ProtocolJson.Default.ChainView);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A node and where it listens.</summary>
public sealed record ChainNode(Guid Node, string Address);

/// <summary>What an operator says of a known node whose folder is not what it was.</summary>
/// <param name="Node">The node as it was known.</param>
/// <param name="From">The last sequence that it, or what takes its place, still has: 0 for an empty application.</param>
public sealed record Declaration(Guid Node, long From);

/// <summary>The head let go of a node.</summary>
/// <param name="At">The head's last record then; greater each time for the same node.</param>
public sealed record Detachment(Guid Node, long At);
