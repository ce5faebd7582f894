using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;

namespace TeeProxy.Status;

/// <summary>What a node is known by: its last row, and how old that is.</summary>
/// <param name="IsTold">Whether a stream of this node still tells of it.</param>
internal sealed record Sighting(AckRow Row, NodeDetail? Detail, TimeSpan Age, bool IsTold)
{
    /// <summary>After how long a node that is still told of counts as not heard of.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    public bool IsHeard => IsTold && Age < Fresh;
}
