using System.Buffers.Text;
using System.Text;

namespace TeeProxy.Application;

/// <summary>What delivery must know of the head of an application's answer (RFC 9112). The rest of it is read only where a client waits for it.</summary>
/// <param name="Status">100 to 999.</param>
/// <param name="Length">The body's length where the head states one that counts; null otherwise.</param>
/// <param name="IsChunked">The body is in chunks.</param>
/// <param name="KeepsConnection">Whether the application keeps the connection open behind this answer, as far as the head says.</param>
internal readonly record struct AnswerHead(int Status, long? Length, bool IsChunked, bool KeepsConnection)
{
    /// <summary>Longer ones are no answer.</summary>
    public const int MostBytes = 64 << 10;

    // HTTP/1.1 200
    private const int StatusStart = 9;
    private const int StatusEnd = 12;

    /// <summary>Reads a head at the beginning of <paramref name="received"/>. False where its end has not come yet.</summary>
    /// <param name="bytes">How long the head is, with its empty line.</param>
    /// <exception cref="InvalidDataException">What came is no answer.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out AnswerHead head, out int bytes)
    {
        head = default;
        bytes = End(received);
        if ((bytes == 0 ? received.Length : bytes) > MostBytes)
        {
            throw new InvalidDataException($"its answer has a head of more than {MostBytes >> 10} KiB");
        }

        if (bytes == 0)
        {
            return false;
        }

        received = received[..bytes];
        if (received.Length <= StatusEnd || !received.StartsWith("HTTP/1."u8) || received[StatusStart - 1] != ' ' || received[StatusEnd] is not ((byte)' ' or (byte)'\r' or (byte)'\n')
            || !Utf8Parser.TryParse(received[StatusStart..StatusEnd], out int status, out var digits) || digits != StatusEnd - StatusStart || status < 100)
        {
            throw new InvalidDataException("what it sent is no answer of HTTP/1.1");
        }

        head = Framing(received, new AnswerHead(status, null, false, received[7] != '0'));
        return true;
    }

    /// <summary>The words behind the status; null where there are none.</summary>
    public static string? Reason(ReadOnlySpan<byte> head)
    {
        var line = head[..head.IndexOf((byte)'\n')].TrimEnd((byte)'\r');
        return line.Length > StatusEnd + 1 ? Encoding.Latin1.GetString(line[(StatusEnd + 1)..]) : null;
    }

    /// <summary>The headers, in the application's order, as they came; a folded one in one line.</summary>
    public static List<KeyValuePair<string, string>> Headers(ReadOnlySpan<byte> head)
    {
        var headers = new List<KeyValuePair<string, string>>();
        for (var rest = head[(head.IndexOf((byte)'\n') + 1)..]; TryTakeLine(ref rest, out var line);)
        {
            if (line.IndexOf((byte)':') is > 0 and var colon)
            {
                headers.Add(new(Encoding.Latin1.GetString(line[..colon].TrimEnd(" \t"u8)), Unfolded(line[(colon + 1)..])));
            }
        }

        return headers;
    }

    /// <summary>Behind the first empty line; 0 where there is none yet. A line may end without a carriage return (RFC 9112 section 2.2).</summary>
    private static int End(ReadOnlySpan<byte> received)
    {
        for (var at = 0; received[at..].IndexOf((byte)'\n') is >= 0 and var length;)
        {
            at += length + 1;
            var rest = received[at..];
            if (rest.StartsWith("\n"u8) || rest.StartsWith("\r\n"u8))
            {
                return at + (rest[0] == '\n' ? 1 : 2);
            }
        }

        return 0;
    }

    // Section 6.3: chunks beat a length; two lengths that differ are no framing at all.
    private static AnswerHead Framing(ReadOnlySpan<byte> received, AnswerHead head)
    {
        for (var rest = received[(received.IndexOf((byte)'\n') + 1)..]; TryTakeLine(ref rest, out var line);)
        {
            if (Value(line, "content-length"u8, out var value))
            {
                var isNumber = Utf8Parser.TryParse(value, out long length, out var digits) && digits == value.Length && length >= 0 && value[0] != '+';
                head = isNumber && (head.Length is null || head.Length == length) ? head with { Length = length } : throw new InvalidDataException("its answer has no clear length");
            }
            else if (Value(line, "connection"u8, out value))
            {
                head = head with { KeepsConnection = HasToken(value, "keep-alive") || (head.KeepsConnection && !HasToken(value, "close")) };
            }
            else if (Value(line, "transfer-encoding"u8, out value))
            {
                var isChunked = value.Length >= 7 && Ascii.EqualsIgnoreCase(value[^7..], "chunked"u8);
                head = head with { IsChunked = isChunked, KeepsConnection = head.KeepsConnection && isChunked };
            }
        }

        // Who frames twice may have meant the other.
        return head is { IsChunked: true, Length: not null } ? head with { Length = null, KeepsConnection = false } : head;
    }

    /// <summary>The next header's line or, where it is folded, lines. False at the empty one.</summary>
    private static bool TryTakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = 0;
        if (rest[0] is not ((byte)'\r' or (byte)'\n'))
        {
            do
            {
                end += rest[end..].IndexOf((byte)'\n') + 1;
            }
            while (rest[end] is (byte)' ' or (byte)'\t'); // the next line continues this one
        }

        line = rest[..end];
        rest = rest[end..];
        return end > 0;
    }

    private static bool Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var isIt = line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name);
        value = isIt ? line[(name.Length + 1)..].Trim(" \t\r\n"u8) : default;
        return isIt;
    }

    private static bool HasToken(ReadOnlySpan<byte> list, string token) =>
        Encoding.Latin1.GetString(list).Split(',').Any(one => one.Trim().Equals(token, StringComparison.OrdinalIgnoreCase));

    private static string Unfolded(ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value.Trim(" \t\r\n"u8));
        return text.Contains('\n', StringComparison.Ordinal) ? string.Join(' ', text.Split('\n').Select(static part => part.Trim())) : text;
    }
}
