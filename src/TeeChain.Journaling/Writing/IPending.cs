namespace TeeChain.Journaling.Writing;

/// <summary>What waits for a commit: a request of this node, or a run of records that another node sent.</summary>
internal interface IPending
{
    /// <summary>Bytes it takes in a segment.</summary>
    long Bytes { get; }

    /// <summary>Does not start a commit by itself.</summary>
    bool IsLazy { get; }
}
