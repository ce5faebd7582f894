using System.Text.Json.Serialization;

namespace TeeChain.Protocol.Hop;

/// <summary>What a node opens to another for. Only the first two begin a stream; the others end with the answer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OpeningPurpose>))]
public enum OpeningPurpose
{
    /// <summary>To be its predecessor.</summary>
    Stream,

    /// <summary>To bring a bypassed node up to date, beside the stream that goes past it. It carries no heartbeats of the head.</summary>
    CatchUp,

    /// <summary>To learn where it stands. Changes nothing, but that a lower epoch learns of a higher one.</summary>
    Ask,

    /// <summary>To take over from the head: it takes no writes any more and answers once the asker holds all it has.</summary>
    HandOver,

    /// <summary>To lead the opening's epoch: the answer is a durable promise to follow no lower one.</summary>
    Promise,
}
