using System.Text.Json;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;

namespace TeeProxy.Acks;

/// <summary>The rows that this node tells upstream: its own, then all it knows of the nodes behind it.</summary>
/// <param name="claims">This node's state and detail now.</param>
internal sealed class RowSource(Guid node, Journal journal, Progress progress, RowTable behind, Func<(AckState State, NodeDetail Detail)> claims)
{
    public IEnumerable<AckRow> Rows()
    {
        var (state, detail) = claims();
        yield return new AckRow(node, journal.JournalId, journal.Last.Sequence, progress.Applied, state, Encode(detail));
        foreach (var row in behind.Rows)
        {
            yield return row.Ack;
        }
    }

    private static byte[] Encode(NodeDetail detail) => JsonSerializer.SerializeToUtf8Bytes(detail, ProtocolJson.Default.NodeDetail);
}
