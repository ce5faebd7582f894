using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>A field of an <c>application/x-www-form-urlencoded</c> body.</summary>
internal sealed class FormKey(string name) : IKeySource
{
    private readonly string _name = UrlEncoded.Name(name);

    public bool ReadsBody => true;

    public string? Of(RecordedHead head, ReadOnlySpan<byte> body) =>
        BodyType.Is(head, static type => type == "application/x-www-form-urlencoded") ? UrlEncoded.Value(body, _name) : null;
}
