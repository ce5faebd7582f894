using System.Diagnostics;
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
    private static ReadOnlySpan<byte> Version => " HTTP/1.1\r\n"u8;

    /// <summary>The target without its query: what may be shown to people.</summary>
    public string Path => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? Target[..at] : Target;

    /// <summary>One array of exactly its size, which the journal may keep until the commit.</summary>
    public byte[] Encode()
    {
        var length = Method.Length + 1 + Target.Length + Version.Length + 2;
        for (var i = 0; i < Headers.Count; i++)
        {
            length += Headers[i].Key.Length + Headers[i].Value.Length + 4;
        }

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var rest = Put(Put(bytes, Method), " "u8);
        rest = Put(Put(rest, Target), Version);
        for (var i = 0; i < Headers.Count; i++)
        {
            rest = Put(Put(rest, Headers[i].Key), ": "u8);
            rest = Put(Put(rest, Headers[i].Value), "\r\n"u8);
        }

        rest = Put(rest, "\r\n"u8);
        Debug.Assert(rest.IsEmpty, "The length was computed from the same parts.");
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else: the journal was written by another program.</exception>
    public static RequestHead Decode(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var start = lines[0].Split(' ');
        if (start.Length != 3 || lines.Length < 3 || lines[^1].Length != 0 || lines[^2].Length != 0)
        {
            throw Foreign();
        }

        var headers = new List<KeyValuePair<string, string>>(lines.Length - 3);
        foreach (var line in lines.AsSpan(1, lines.Length - 3))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw Foreign();
            }

            headers.Add(new(line[..colon], line[(colon + 2)..]));
        }

        return new RequestHead(start[0], start[1], headers);
    }

    private static InvalidDataException Foreign() =>
        new("A recorded request head is not HTTP/1.1 text; was the journal written by another program?");

    private static Span<byte> Put(Span<byte> to, string text) => to[Encoding.Latin1.GetBytes(text, to)..];

    private static Span<byte> Put(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to);
        return to[bytes.Length..];
    }
}
