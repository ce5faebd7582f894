using System.Buffers.Text;
using System.Text;

namespace TeeProxy.Application;

/// <summary>
/// The head of an application's answer (RFC 9112): what delivery must know of it is read at once, the headers only where somebody
/// asks for them. On a replica nobody does.
/// </summary>
internal sealed class AnswerHead
{
    /// <summary>Longer ones are no answer.</summary>
    public const int MostBytes = 64 << 10;

    private readonly byte[] _bytes;
    private IReadOnlyList<KeyValuePair<string, string>>? _headers;

    private AnswerHead(byte[] bytes) => _bytes = bytes;

    /// <summary>100 to 999.</summary>
    public int Status { get; private init; }

    /// <summary>The body's length where the head states one that counts; null otherwise.</summary>
    public long? Length { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the application keeps the connection open behind this answer, as far as the head says.</summary>
    public bool KeepsConnection { get; private set; }

    /// <summary>Null where it is empty.</summary>
    public string? Reason
    {
        get
        {
            var line = Encoding.Latin1.GetString(_bytes.AsSpan(0, Math.Max(0, _bytes.AsSpan().IndexOf((byte)'\n')))).TrimEnd('\r');
            return line.Length > 13 ? line[13..] : null;
        }
    }

    /// <summary>In the application's order, as they came; a folded one in one line.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers ??= Parse();

    /// <summary>Reads a head at the beginning of <paramref name="received"/>. Null where its end has not come yet.</summary>
    /// <param name="bytes">How long the head is, with its empty line.</param>
    /// <exception cref="InvalidDataException">What came is no answer.</exception>
    public static AnswerHead? TryRead(ReadOnlySpan<byte> received, out int bytes)
    {
        bytes = End(received);
        if (bytes == 0)
        {
            return received.Length > MostBytes ? throw new InvalidDataException($"its answer has a head of more than {MostBytes >> 10} KiB") : null;
        }

        // HTTP/1.1 200 OK
        if (received.Length < 12 || !received.StartsWith("HTTP/1."u8) || received[8] != ' ' || (received.Length > 12 && received[12] is not ((byte)' ' or (byte)'\r' or (byte)'\n'))
            || !Utf8Parser.TryParse(received.Slice(9, 3), out int status, out var digits) || digits != 3 || status < 100)
        {
            throw new InvalidDataException("what it sent is no answer of HTTP/1.1");
        }

        var head = new AnswerHead(received[..bytes].ToArray()) { Status = status, KeepsConnection = received[7] != '0' };
        head.ReadFraming();
        return head;
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
    private void ReadFraming()
    {
        foreach (var line in Lines())
        {
            // Few headers matter here: by the first letter most are passed.
            switch ((char)(_bytes[line.Start.Value] | 0x20))
            {
                case 'c' when Value(line, "content-length") is { } text:
                    var length = text.All(char.IsAsciiDigit) && long.TryParse(text, out var parsed) ? parsed : -1;
                    Length = length >= 0 && (Length is null || Length == length) ? length : throw new InvalidDataException("its answer has no clear length");
                    break;
                case 'c' when Value(line, "connection") is { } text:
                    KeepsConnection = HasToken(text, "keep-alive") || (KeepsConnection && !HasToken(text, "close"));
                    break;
                case 't' when Value(line, "transfer-encoding") is { } text:
                    IsChunked = text.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
                    KeepsConnection &= IsChunked;
                    break;
            }
        }

        if (IsChunked && Length is not null)
        {
            (Length, KeepsConnection) = (null, false); // Who frames twice may have meant the other.
        }
    }

    private IEnumerable<Range> Lines()
    {
        var at = _bytes.AsSpan().IndexOf((byte)'\n') + 1;
        while (at < _bytes.Length && _bytes[at] is not ((byte)'\n' or (byte)'\r'))
        {
            var end = at;
            do
            {
                end += _bytes.AsSpan(end).IndexOf((byte)'\n') + 1;
            }
            while (_bytes[end] is (byte)' ' or (byte)'\t'); // the next line continues this one

            yield return at..end;
            at = end;
        }
    }

    private string? Value(Range line, string name)
    {
        var bytes = _bytes.AsSpan(line);
        return bytes.Length > name.Length && bytes[name.Length] == ':' && Ascii.EqualsIgnoreCase(bytes[..name.Length], name)
            ? Text(bytes[(name.Length + 1)..])
            : null;
    }

    private List<KeyValuePair<string, string>> Parse()
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in Lines())
        {
            var bytes = _bytes.AsSpan(line);
            if (bytes.IndexOf((byte)':') is > 0 and var colon)
            {
                headers.Add(new(Encoding.Latin1.GetString(bytes[..colon]).TrimEnd(), Text(bytes[(colon + 1)..])));
            }
        }

        return headers;
    }

    private static bool HasToken(string list, string token) => list.Split(',').Any(one => one.Trim().Equals(token, StringComparison.OrdinalIgnoreCase));

    private static string Text(ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value).Trim();
        return text.Contains('\n', StringComparison.Ordinal) ? string.Join(' ', text.Split('\n').Select(static part => part.Trim())) : text;
    }
}
