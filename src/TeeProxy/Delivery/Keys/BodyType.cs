using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>Whether a body can be read as what it is called.</summary>
internal static class BodyType
{
    /// <param name="isIt">Is given the media type in lower case, without parameters.</param>
    public static bool Is(RequestHead head, Predicate<string> isIt) =>
        head.Header("Content-Type") is { } type
        && !head.Headers.Any(header => header.Key.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase))
        && isIt(type.Split(';')[0].Trim().ToLowerInvariant());
}
