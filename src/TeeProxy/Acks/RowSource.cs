using System.Text.Json;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Chain;

namespace TeeProxy.Acks;

/// <summary>The rows that this node tells upstream: its own, then all it knows of the nodes behind it.</summary>
/// <param name="claims">This node's state and detail now, given the rows behind it.</param>
internal sealed class RowSource(ChainMember member, Journal journal, Progress progress, RowTable behind, Func<IReadOnlyList<RowTable.Row>, (AckState State, NodeDetail Detail)> claims)
{
    private (NodeDetail Detail, byte[] Json)? _encoded;

    /// <summary>
    /// One snapshot. The order matters: a write that is parked between two of these reads is not applied yet, and the rows
    /// are those that the state speaks of, so nobody is told that the chain is whole without hearing of all of it. One caller at a time.
    /// </summary>
    public AckRow[] Rows()
    {
        var applied = progress.Applied;
        var rows = behind.Rows;
        var (state, detail) = claims(rows);
        return [new AckRow(member.Node, journal.JournalId, journal.Last.Sequence, applied, member.Standing.Current.Membership.View, state, Encode(detail)), .. rows.Select(row => row.Ack)];
    }

    // Acks may flow a thousand times a second; what is for people changes seldom.
    private byte[] Encode(NodeDetail detail)
    {
        if (_encoded is not { } encoded || encoded.Detail != detail)
        {
            _encoded = encoded = (detail, JsonSerializer.SerializeToUtf8Bytes(detail, ProtocolJson.Default.NodeDetail));
        }

        return encoded.Json;
    }
}
