using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>The value of a header that stands once.</summary>
internal sealed class HeaderKey(string name) : IKeySource
{
    public bool ReadsBody => false;

    public string? Of(RecordedHead head, ReadOnlySpan<byte> body) => head.Header(name)?.Trim();
}
