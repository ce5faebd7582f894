using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>A field of the query.</summary>
internal sealed class QueryKey(string name) : IKeySource
{
    private readonly string _name = UrlEncoded.Name(name);

    public bool ReadsBody => false;

    public string? Of(RecordedHead head, ReadOnlySpan<byte> body) =>
        head.Path.Length < head.Target.Length ? UrlEncoded.Value(head.Target[(head.Path.Length + 1)..], _name) : null;
}
