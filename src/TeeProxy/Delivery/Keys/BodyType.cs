using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>Whether a body can be read as what it is called.</summary>
internal static class BodyType
{
    /// <param name="isIt">Is given the media type in lower case, without parameters.</param>
    public static bool Is(RecordedHead head, Predicate<string> isIt) =>
        head.Header("Content-Type") is { } type
        && !head.Has("Content-Encoding")
        && isIt(type.Split(';')[0].Trim().ToLowerInvariant());
}
