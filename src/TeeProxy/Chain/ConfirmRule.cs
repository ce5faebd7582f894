using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// Whether an answer confirms a restarted head. Whoever is promoted has the promise of every node but those that it names;
/// so one that still follows this head shows that nobody was. Pure.
/// </summary>
internal static class ConfirmRule
{
    public static bool Confirms(Membership self, OpeningAnswer answer) =>
        self.Role == Role.Head && answer.Chain == self.Chain && answer.PromisedEpoch == self.Epoch && answer.Head == self.Node && answer.Node != self.Node;
}
