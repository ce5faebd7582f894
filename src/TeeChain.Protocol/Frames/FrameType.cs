namespace TeeChain.Protocol.Frames;

/// <summary>What a frame carries. The first three are the opening; the rest is the stream.</summary>
public enum FrameType : byte
{
    /// <summary>Successor to predecessor: 32 random bytes that the opening's proof must cover.</summary>
    Challenge = 1,

    /// <summary>Predecessor to successor: proof and <see cref="Hop.Opening"/>.</summary>
    Open = 2,

    /// <summary>Successor to predecessor: proof and <see cref="Hop.OpeningAnswer"/>.</summary>
    Answer = 3,

    /// <summary>Downstream: bytes of whole journal records, back to back; a record may span frames.</summary>
    Entries = 4,

    /// <summary>Upstream: <see cref="Hop.AckRow"/>s, the sender's own first.</summary>
    Ack = 5,

    /// <summary>Downstream: the head's <see cref="Hop.Heartbeat"/>, only ever relayed.</summary>
    Heartbeat = 6,

    /// <summary>Either way, last: a reason, UTF-8.</summary>
    Close = 7,

    /// <summary>
    /// Downstream, with the heartbeats: <see cref="Hop.AckRow"/>s of the nodes before the successor, the first of the chain
    /// first, the sender's own last. Only to a successor whose answer said that it takes them.
    /// </summary>
    Rows = 8,
}
