using System.Text.Json.Serialization;

namespace TeeChain.Protocol.Hop;

/// <summary>A successor's answer to an opening, or a predecessor's to that answer. Only <see cref="Accept"/> lets entries flow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    Accept,

    /// <summary>Another predecessor's stream is alive.</summary>
    Busy,

    /// <summary>The successor holds more than the predecessor, which waits until it does not.</summary>
    Ahead,

    /// <summary>Both hold a record of the same sequence that is not the same.</summary>
    Diverged,

    /// <summary>The successor needs records that the predecessor no longer keeps.</summary>
    Gap,

    /// <summary>The two belong to different chains.</summary>
    Foreign,

    /// <summary>The opening's epoch is older than one that the successor has promised, or jumps too far.</summary>
    Epoch,

    /// <summary>A known node whose journal is new, or holds less than it once confirmed.</summary>
    WentBack,

    /// <summary>The successor finds itself on the opening's path.</summary>
    Cycle,

    /// <summary>The settings that must be equal are not.</summary>
    Settings,

    /// <summary>The successor is itself the head of this epoch, or pinned to be one; or, when asked to hand over, it is not.</summary>
    Head,

    /// <summary>The opening speaks another version of the protocol.</summary>
    Protocol,

    /// <summary>The successor cannot take entries: draining, its disk is full, or its journal is faulted.</summary>
    Unable,
}
