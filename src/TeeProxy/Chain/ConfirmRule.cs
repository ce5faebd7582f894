using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// Whether answers confirm a restarted head. Whoever is promoted has the promise of every node but those that it names; so
/// one that still follows this head shows that nobody was. One that holds more than this head, or a newer view of its, shows
/// that this head's folder is an older copy. Pure.
/// </summary>
internal static class ConfirmRule
{
    /// <param name="last">The last record of the own journal.</param>
    /// <param name="answers">Of the nodes that could be asked.</param>
    public static bool Confirms(Membership self, Position last, IReadOnlyList<OpeningAnswer> answers) =>
        answers.Any(answer => IsFollower(self, answer)) && answers.All(answer => answer.Chain != self.Chain || (answer.Last.Sequence <= last.Sequence && !answer.View.IsNewerThan(self.View)));

    private static bool IsFollower(Membership self, OpeningAnswer answer) =>
        self.Role == Role.Head && answer.Chain == self.Chain && answer.PromisedEpoch == self.Epoch && answer.Head == self.Node && answer.Node != self.Node;
}
