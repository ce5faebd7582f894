namespace TeeChain.Protocol.Hop;

/// <summary>Claims of a row about its node at the moment of sending.</summary>
[Flags]
public enum AckState
{
    None = 0,

    /// <summary>It streams to the first of its list of successors, and that one is whole; or it has none.</summary>
    Whole = 1,

    /// <summary>Its application may get reads.</summary>
    Readable = 2,

    /// <summary>It is still being brought up to date and does not count yet.</summary>
    Joining = 4,

    /// <summary>It holds a parked write.</summary>
    Parked = 8,

    /// <summary>It is about to stop.</summary>
    Draining = 16,
}
