using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>
/// What one stream has told of the nodes' details: a detail travels only when it is another than the last, and waits for the
/// next frame where this one would grow too long. Belongs to one sender.
/// </summary>
internal sealed class ToldDetails
{
    /// <summary>Of details in one frame: half of what a frame may hold, the other half is for the rows.</summary>
    public const int MostBytes = FrameCodec.MaxPayloadBytes / 2;

    private readonly Dictionary<Guid, ReadOnlyMemory<byte>> _told = [];

    /// <summary>The rows as they are to be sent next.</summary>
    public AckRow[] WithoutKnown(AckRow[] rows)
    {
        var room = MostBytes;
        var trimmed = Array.ConvertAll(rows, row => WithoutKnown(row, ref room));
        ForgetOthers(rows);
        return trimmed;
    }

    private AckRow WithoutKnown(AckRow row, ref int room)
    {
        if (row.Detail.Length > room || (_told.TryGetValue(row.Node, out var known) && known.Span.SequenceEqual(row.Detail.Span)))
        {
            return row with { Detail = default };
        }

        room -= row.Detail.Length;
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
