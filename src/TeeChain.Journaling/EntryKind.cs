namespace TeeChain.Journaling;

/// <summary>What a record is about. The journal gives meaning to <see cref="Epoch"/> alone: it changes the epoch.</summary>
public enum EntryKind : byte
{
    /// <summary>A client's write.</summary>
    Write = 1,

    /// <summary>What the head's application answered to an earlier write.</summary>
    Outcome = 2,

    /// <summary>The first record of an epoch.</summary>
    Epoch = 3,
}
