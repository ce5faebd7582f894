namespace TeeProxy.Ingress;

/// <summary>
/// Refuses a head over <c>--max-head</c> with a text. Kestrel's own refusal has none, so its limit lies above this one and
/// only bounds the memory of what nobody means well.
/// </summary>
internal static class HeadSize
{
    /// <summary>How far above <c>--max-head</c> Kestrel cuts off.</summary>
    public const int KestrelFactor = 4;

    public static Problem? Check(HttpRequest request, string target, int maxHeadBytes)
    {
        var line = request.Method.Length + target.Length + "  HTTP/1.1\r\n".Length;
        if (line > maxHeadBytes)
        {
            return TooLarge(StatusCodes.Status414UriTooLong, "uri-too-long", "The request line is too long", maxHeadBytes);
        }

        var size = line;
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                size += name.Length + (value?.Length ?? 0) + ": \r\n".Length;
            }
        }

        return size > maxHeadBytes
            ? TooLarge(StatusCodes.Status431RequestHeaderFieldsTooLarge, "head-too-large", "The head is too large", maxHeadBytes)
            : null;
    }

    private static Problem TooLarge(int status, string kind, string title, int maxHeadBytes) =>
        new(status, kind, title, $"A request's head may have {maxHeadBytes} bytes (--max-head). Nothing was recorded.");
}
