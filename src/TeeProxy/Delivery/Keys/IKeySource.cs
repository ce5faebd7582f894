using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>
/// Says which writes keep their order among each other: those with the same key. Where it cannot be sure it says null,
/// and that write keeps its order among all. A pure function of the recorded bytes, so every node finds the same key.
/// </summary>
internal interface IKeySource
{
    /// <summary>Whether <see cref="Of"/> looks at the body; otherwise it may be given an empty one.</summary>
    bool ReadsBody { get; }

    string? Of(RecordedHead head, ReadOnlySpan<byte> body);
}
