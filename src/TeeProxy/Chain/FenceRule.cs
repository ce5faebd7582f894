using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>A higher epoch fences a lower one: whoever hears of it from its own chain follows it from then on. Pure.</summary>
internal static class FenceRule
{
    /// <summary>How far an epoch may jump at once; more is a mistake or an attack, and could exhaust the numbers.</summary>
    public const long LongestEpochJump = 1_000_000;

    /// <summary>What an opening teaches, whatever it is answered. The same object when it is nothing.</summary>
    public static Membership Learn(Membership self, Opening opening) =>
        Learn(self, opening.Chain, opening.Epoch, opening.Head, opening.HeadAddress);

    /// <summary>What an answer teaches.</summary>
    public static Membership Learn(Membership self, OpeningAnswer answer) =>
        Learn(self, answer.Chain, answer.PromisedEpoch, answer.Head, answer.HeadAddress);

    /// <summary>Whether a stream that was opened so is of an older epoch by now.</summary>
    public static bool IsFenced(Membership self, Opening opening) => self.Epoch > opening.Epoch;

    /// <summary>Why an epoch is not believed; null when it is.</summary>
    public static string? IsTooFar(Membership self, long epoch) => epoch > self.Epoch + LongestEpochJump
        ? $"epoch {epoch} is more than {LongestEpochJump} beyond this node's {self.Epoch}"
        : null;

    private static Membership Learn(Membership self, Guid? chain, long epoch, Guid? head, string? headAddress) =>
        self.Chain is not null && chain == self.Chain && epoch > self.Epoch && IsTooFar(self, epoch) is null
            ? self.Following(epoch, head, headAddress, isOnlyHeardOf: true)
            : self;
}
