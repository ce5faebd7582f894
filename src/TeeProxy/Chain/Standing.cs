namespace TeeProxy.Chain;

/// <summary>A node's place in the chain at one moment: what is durable, and what this run of the process has learnt.</summary>
/// <param name="Membership">What is durable.</param>
/// <param name="UpstreamPath">The nodes before this one, first to last, as the last accepted opening told; kept when that stream ends.</param>
/// <param name="IsReached">Whether in this run the successor has accepted an opening; always so where there is none.</param>
/// <param name="IsConfirmed">Whether in this run another node has confirmed that this head's epoch stands; always so in a chain of one.</param>
internal sealed record Standing(Membership Membership, IReadOnlyList<Guid> UpstreamPath, bool IsReached, bool IsConfirmed)
{
    /// <summary>Whether clients upstream wait for acks, as the last accepted opening told.</summary>
    public bool IsUpstreamEager { get; init; }

    /// <summary>Whether a client's write may be recorded here.</summary>
    public bool MayTakeWrites => Membership.Role == Role.Head && !Membership.IsTakingOffice && IsConfirmed;

    /// <summary>Whether an opening made at <paramref name="other"/> still says what one made now would.</summary>
    public bool OpensLike(Standing other) =>
        Membership.Chain == other.Membership.Chain
        && Membership.Epoch == other.Membership.Epoch
        && Membership.Head == other.Membership.Head
        && Membership.IsWithoutHead == other.Membership.IsWithoutHead
        && IsUpstreamEager == other.IsUpstreamEager
        && UpstreamPath.SequenceEqual(other.UpstreamPath);
}
