using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>A heartbeat and the head's view of the chain that travels with it.</summary>
/// <param name="View">UTF-8 JSON; may be empty.</param>
internal sealed record Beat(Heartbeat Heartbeat, ReadOnlyMemory<byte> View)
{
    public static readonly Beat None = new(Heartbeat.Nobody, default);
}
