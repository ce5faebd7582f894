using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>Which records a head took that its chain went on without. Pure.</summary>
internal static class OrphanRule
{
    /// <summary>Keeps what another node of the chain tells of it. The same object when it is nothing new.</summary>
    public static Membership Note(Membership self, Guid? chain, Position last, IReadOnlyList<EpochStart> epochs) =>
        self.OrphansFrom is null && self.Chain is not null && chain == self.Chain && FirstOrphan(last, epochs) is { } orphan
            ? self with { OrphansFrom = orphan }
            : self;

    /// <summary>
    /// The first own record that stands where the chain's next epoch begins; null when there is none, or when that
    /// epoch is no longer among <paramref name="epochs"/>.
    /// </summary>
    /// <param name="last">The last record of the own journal.</param>
    /// <param name="epochs">The chain's epochs, oldest first.</param>
    public static long? FirstOrphan(Position last, IReadOnlyList<EpochStart> epochs)
    {
        var next = epochs.FirstOrDefault(start => start.Epoch > last.Epoch);
        return next is not null && last.Sequence >= next.First ? next.First : null;
    }
}
