using TeeChain.Journaling;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>The journal's and the protocol's word for the same place.</summary>
internal static class Positions
{
    public static Position ToProtocol(this JournalPosition position) => new(position.Sequence, position.Epoch, position.Crc);
}
