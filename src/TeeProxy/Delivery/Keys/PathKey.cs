using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>The path, without escapes and a slash at its end. One that applications may resolve to another is no key.</summary>
internal sealed class PathKey : IKeySource
{
    public bool ReadsBody => false;

    public string? Of(RecordedHead head, ReadOnlySpan<byte> body)
    {
        var path = UrlEncoded.Decode(head.Path, plusIsSpace: false);
        if (path is null || path.Contains('\\', StringComparison.Ordinal) || path.Contains("//", StringComparison.Ordinal) || path.Split('/').Any(part => part is "." or ".."))
        {
            return null;
        }

        return path.Length > 1 ? path.TrimEnd('/') : path;
    }
}
