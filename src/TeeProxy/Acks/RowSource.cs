using System.Text.Json;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Chain;

namespace TeeProxy.Acks;

/// <summary>The rows that this node tells: upstream its own, then all it knows of the nodes behind it; downstream all it knows of the nodes before it, then its own. Thread-safe.</summary>
/// <param name="claims">This node's state and detail now, given the rows behind it.</param>
internal sealed class RowSource(
    ChainMember member, Journal journal, Progress progress, RowTable ahead, RowTable behind, Func<IReadOnlyList<RowTable.Row>, (AckState State, NodeDetail Detail)> claims)
{
    /// <summary>Of the nodes before this one, no more are passed on: wired in a circle, rows would go round for ever.</summary>
    private const int MostAhead = 255;

    private volatile Encoded? _encoded;

    private sealed record Encoded(NodeDetail Detail, byte[] Json);

    /// <summary>What the predecessor is told.</summary>
    public AckRow[] Rows()
    {
        var (own, rows) = Snapshot();
        return [own, .. rows.Select(behind.Aged)];
    }

    /// <summary>What the successor is told.</summary>
    public AckRow[] RowsForSuccessor()
    {
        var (own, _) = Snapshot();
        return [.. ahead.Rows.Where(row => row.Ack.Node != member.Node).TakeLast(MostAhead).Select(ahead.Aged), own];
    }

    /// <summary>
    /// The order matters: a write that is parked between two of these reads is not applied yet, and the rows are those that
    /// the state speaks of, so nobody is told that the chain is whole without hearing of all of it.
    /// </summary>
    private (AckRow Own, IReadOnlyList<RowTable.Row> Behind) Snapshot()
    {
        var applied = progress.Applied;
        var rows = behind.Rows;
        var (state, detail) = claims(rows);
        return (new AckRow(member.Node, journal.JournalId, journal.Last.Sequence, applied, member.Standing.Current.Membership.View, state, Encode(detail)), rows);
    }

    // Acks may flow a thousand times a second; what is for people changes seldom.
    private byte[] Encode(NodeDetail detail)
    {
        var encoded = _encoded;
        if (encoded is null || encoded.Detail != detail)
        {
            _encoded = encoded = new(detail, JsonSerializer.SerializeToUtf8Bytes(detail, ProtocolJson.Default.NodeDetail));
        }

        return encoded.Json;
    }
}
