using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>What one stream has told of the nodes' details: a detail travels only when it is another than the last. Belongs to one sender.</summary>
internal sealed class ToldDetails
{
    private readonly Dictionary<Guid, ReadOnlyMemory<byte>> _told = [];

    /// <summary>The rows as they are to be sent next.</summary>
    public AckRow[] WithoutKnown(AckRow[] rows)
    {
        var trimmed = Array.ConvertAll(rows, WithoutKnown);
        ForgetOthers(rows);
        return trimmed;
    }

    private AckRow WithoutKnown(AckRow row)
    {
        if (_told.TryGetValue(row.Node, out var known) && known.Span.SequenceEqual(row.Detail.Span))
        {
            return row with { Detail = default };
        }

        _told[row.Node] = row.Detail;
        return row;
    }

    /// <summary>The other side forgets the detail of a row that does not come; when it comes again, so must its detail.</summary>
    private void ForgetOthers(AckRow[] now)
    {
        foreach (var node in _told.Keys)
        {
            if (!Array.Exists(now, row => row.Node == node))
            {
                _told.Remove(node);
            }
        }
    }
}
