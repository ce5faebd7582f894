namespace TeeProxy.Acks;

/// <summary>What a write must have reached, beside the head's disk and application, before its client is answered (<c>--ack</c>).</summary>
internal enum AckLevel
{
    /// <summary>Nothing more.</summary>
    Local,

    /// <summary>The disk of another node that counts: the next one's, or of one behind it where the next is new.</summary>
    Next,

    /// <summary>The application of every node. The nodes that count are never fewer because of a failure.</summary>
    Chain,
}
