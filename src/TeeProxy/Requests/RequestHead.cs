using System.Text;

namespace TeeProxy.Requests;

/// <summary>
/// A request's head as the journal keeps it: plain HTTP/1.1 text, so that <c>journal dump</c> shows what came and any
/// application can be sent it as it is.
/// <code>
/// POST /register?x=1 HTTP/1.1\r\n
/// Host: example.org\r\n
/// Content-Type: application/x-www-form-urlencoded\r\n
/// \r\n
/// </code>
/// Already cleaned by ingress (hop-by-hop headers and <c>TeeChain-*</c> gone, <c>Via</c> and <c>X-Forwarded-*</c> added).
/// It has no framing header; the body's length is the record's. Bytes above 127 are Latin-1.
/// </summary>
/// <param name="Method">As sent; case-sensitive.</param>
/// <param name="Target">Path and query exactly as sent.</param>
internal sealed record RequestHead(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The target without its query: what may be shown to people.</summary>
    public string Path => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? Target[..at] : Target;

    public byte[] Encode()
    {
        var text = new StringBuilder(256);
        text.Append(Method).Append(' ').Append(Target).Append(" HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else: the journal was written by another program.</exception>
    public static RequestHead Decode(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var start = lines[0].Split(' ');
        if (start.Length != 3 || lines.Length < 3 || lines[^1].Length != 0 || lines[^2].Length != 0)
        {
            throw new InvalidDataException("A recorded request head is not HTTP/1.1 text; was the journal written by another program?");
        }

        var headers = new List<KeyValuePair<string, string>>(lines.Length - 3);
        foreach (var line in lines.AsSpan(1, lines.Length - 3))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 2)..]));
        }

        return new RequestHead(start[0], start[1], headers);
    }
}
