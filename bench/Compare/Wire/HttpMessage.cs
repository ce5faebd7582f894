using System.Buffers.Text;

namespace Compare.Wire;

/// <summary>
/// One whole HTTP/1.1 message, request or answer, at the beginning of what was read. It knows what the systems under test send:
/// Content-Length, chunked, or no body.
/// </summary>
/// <param name="Length">Of head and body, in bytes.</param>
/// <param name="BodyStart">Where the body begins; where it is chunked, its first chunk.</param>
/// <param name="Closes">The sender closes the connection behind it.</param>
internal readonly record struct HttpMessage(int Length, int BodyStart, bool Closes)
{
    /// <summary>False where more must be read first.</summary>
    public static bool TryRead(ReadOnlySpan<byte> read, out HttpMessage message)
    {
        message = default;
        var end = read.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var bodyStart = end + 4;
        int bodyBytes = 0;
        bool closes = false, isChunked = false;
        // The first line has no colon that counts: a header begins behind a line break.
        for (var rest = read[..(end + 2)]; rest.IndexOf("\r\n"u8) is >= 0 and var lineBreak;)
        {
            rest = rest[(lineBreak + 2)..];
            if (rest.Length < 10)
            {
                break;
            }

            // By the first letter, then the length of the name: few lines get further.
            switch (rest[0] | 0x20)
            {
                case 'c' when StartsWith(rest, "content-length:"u8):
                    _ = Utf8Parser.TryParse(rest["content-length:"u8.Length..].TrimStart((byte)' '), out bodyBytes, out _);
                    break;
                case 'c' when StartsWith(rest, "connection:"u8):
                    closes = StartsWith(rest["connection:"u8.Length..].TrimStart((byte)' '), "close"u8);
                    break;
                case 't' when StartsWith(rest, "transfer-encoding:"u8):
                    isChunked = true;
                    break;
            }
        }

        if (isChunked)
        {
            var last = read[bodyStart..].IndexOf("0\r\n\r\n"u8);
            bodyBytes = last < 0 ? int.MaxValue - bodyStart : last + 5;
        }

        message = new HttpMessage(bodyStart + bodyBytes, bodyStart, closes);
        return message.Length <= read.Length;
    }

    private static bool StartsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> lowerCase)
    {
        if (line.Length < lowerCase.Length)
        {
            return false;
        }

        for (var i = 0; i < lowerCase.Length; i++)
        {
            if ((line[i] is >= (byte)'A' and <= (byte)'Z' ? line[i] | 0x20 : line[i]) != lowerCase[i])
            {
                return false;
            }
        }

        return true;
    }
}
