using System.Buffers;
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

    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

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
        return line.Length > StatusEnd + 1 ? Clean(Encoding.Latin1.GetString(line[(StatusEnd + 1)..])) : null;
    }

    /// <summary>
    /// The headers, in the application's order, as they came; a folded one in one line, and blanks for control characters
    /// (RFC 9110 section 5.5). What has no name of a header's is left out: no client could be sent it.
    /// </summary>
    public static List<KeyValuePair<string, string>> Headers(ReadOnlySpan<byte> head)
    {
        var headers = new List<KeyValuePair<string, string>>();
        for (var rest = head[(head.IndexOf((byte)'\n') + 1)..]; TryTakeLine(ref rest, out var line);)
        {
            if (Name(line, out var value) is { IsEmpty: false } name && !name.ContainsAnyExcept(TokenBytes))
            {
                headers.Add(new(Encoding.Latin1.GetString(name), Unfolded(value)));
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

    // Section 6.3: chunks beat a length; two lengths that differ are no framing at all. Section 9.3: close beats keep-alive.
    private static AnswerHead Framing(ReadOnlySpan<byte> received, AnswerHead head)
    {
        var (stays, closes) = (head.KeepsConnection, false);
        for (var rest = received[(received.IndexOf((byte)'\n') + 1)..]; TryTakeLine(ref rest, out var line);)
        {
            var name = Name(line, out var value);
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                // Digits alone: the parser would take signs.
                var isNumber = Utf8Parser.TryParse(value, out long length, out _) && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
                head = isNumber && (head.Length is null || head.Length == length) ? head with { Length = length } : throw new InvalidDataException("its answer has no clear length");
            }
            else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
            {
                stays |= HasToken(value, "keep-alive"u8);
                closes |= HasToken(value, "close"u8);
            }
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
            {
                var last = value[(value.LastIndexOf((byte)',') + 1)..].Trim(Blanks);
                head = head with { IsChunked = Ascii.EqualsIgnoreCase(last, "chunked"u8) };
                closes |= !head.IsChunked;
            }
        }

        // Who frames twice may have meant the other.
        var isTwice = head is { IsChunked: true, Length: not null };
        return head with { Length = isTwice ? null : head.Length, KeepsConnection = stays && !closes && !isTwice };
    }

    /// <summary>The next header's line or, where it is folded, lines. False at the empty one.</summary>
    private static bool TryTakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = 0;
        if (!rest.StartsWith("\n"u8) && !rest.StartsWith("\r\n"u8))
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

    /// <summary>Empty where the line is no header. Blanks before the colon are no part of the name (section 5.1).</summary>
    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        var colon = Math.Max(0, line.IndexOf((byte)':'));
        value = line[(colon + 1)..].Trim(Blanks);
        return line[..colon].TrimEnd(" \t"u8);
    }

    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (var one in list.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(list[one].Trim(Blanks), token))
            {
                return true;
            }
        }

        return false;
    }

    private static string Unfolded(ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value);
        return Clean(text.Contains('\n', StringComparison.Ordinal) ? string.Join(' ', text.Split('\n').Select(static part => part.Trim(' ', '\t', '\r'))) : text);
    }

    private static string Clean(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f', StringComparison.Ordinal) ? string.Concat(text.Select(static letter => IsControl(letter) ? ' ' : letter)) : text;

    private static bool IsControl(char letter) => letter is (< ' ' and not '\t') or '\x7f';
}
