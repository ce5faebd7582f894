namespace TeeProxy.Ingress;

/// <summary>
/// Refuses requests of which two programs may disagree where they end (RFC 9112 section 6.3): whoever sits in front
/// of or behind this node might find another request inside. What is no HTTP at all never gets here: Kestrel answers
/// folded headers, two lengths, bad names and bad versions with 400 itself.
/// </summary>
internal static class Framing
{
    // Kestrel prefers Transfer-Encoding, takes Content-Length away and leaves it under this name.
    // A client that sends this name itself, together with chunks, is refused as well: nobody has reason to.
    private const string LengthTakenAway = "X-Content-Length";

    public static Problem? Check(HttpRequest request)
    {
        var coding = request.Headers.TransferEncoding;
        if (coding.Count == 0)
        {
            return null;
        }

        if (request.ContentLength is not null || request.Headers.ContainsKey(LengthTakenAway))
        {
            return Ambiguous("has both Content-Length and Transfer-Encoding");
        }

        if (request.Protocol == HttpProtocol.Http10)
        {
            return Ambiguous("is HTTP/1.0 and has Transfer-Encoding");
        }

        // Kestrel undoes chunks only, and the application would never learn of another coding.
        return coding.Count == 1 && string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase)
            ? null
            : new Problem(
                StatusCodes.Status501NotImplemented, "transfer-coding", "The transfer coding is not understood",
                "Of transfer codings only chunked is understood; compress with Content-Encoding. Nothing was recorded.");
    }

    private static Problem Ambiguous(string what) => new(
        StatusCodes.Status400BadRequest, "ambiguous-framing", "Where the request ends is ambiguous",
        $"The request {what}; it may have been smuggled. Nothing was recorded.");
}
