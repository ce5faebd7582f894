using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace TeeProxy.Delivery.Comparing;

/// <summary>
/// What <c>--compare-ignore</c> names: parts of an answer that may differ. They are made alike before the digest is computed. Immutable.
/// </summary>
internal sealed partial class AnswerMask
{
    public const string Forms = "header:NAME, json:/POINTER or regex:PATTERN, with commas between";

    public static readonly AnswerMask None = new([], [], [], []);

    /// <summary>What tells a client what the body is, or where to go; other headers differ by nature (Date, Set-Cookie, ids).</summary>
    private static readonly string[] CountedHeaders = ["Content-Type", "Content-Encoding", "Location"];

    private readonly string[] _headers;
    private readonly IReadOnlyList<string>[] _pointers;
    private readonly Regex[] _patterns;

    private AnswerMask(string[] items, string[] headers, IReadOnlyList<string>[] pointers, Regex[] patterns)
    {
        (Items, _headers, _pointers, _patterns) = (items, headers, pointers, patterns);
        Id = BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', items))));
    }

    /// <summary>Digests can be compared only where this is equal: it is made of all items.</summary>
    public uint Id { get; }

    /// <summary>As they were written, in ordinal order.</summary>
    public IReadOnlyList<string> Items { get; }

    /// <summary>
    /// A comma begins the next item only where <c>header:</c>, <c>json:</c> or <c>regex:</c> follows, so patterns may hold commas.
    /// Null, and which item is wrong and why.
    /// </summary>
    public static AnswerMask? TryParse(string? text, out string? wrong)
    {
        wrong = null;
        var items = string.IsNullOrWhiteSpace(text) ? [] : Separator().Split(text.Trim()).Distinct().Order(StringComparer.Ordinal).ToArray();
        var (headers, pointers, patterns) = (new List<string>(), new List<IReadOnlyList<string>>(), new List<Regex>());
        foreach (var item in items)
        {
            var (kind, name) = item.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (item[..colon], item[(colon + 1)..]) : (item, "");
            if (kind == "header" && name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            {
                headers.Add(name);
            }
            else if (kind == "json" && JsonPointer.TryParse(name) is { } pointer)
            {
                pointers.Add(pointer);
            }
            else if (kind == "regex" && name.Length > 0 && Pattern(name, out wrong) is { } pattern)
            {
                patterns.Add(pattern);
            }
            else
            {
                wrong = wrong is null ? $"\"{item}\"" : $"\"{item}\" ({wrong})";
                return null;
            }
        }

        return new AnswerMask(items, [.. headers], [.. pointers], [.. patterns]);
    }

    /// <summary>The headers that count, one a line, however they are spelled.</summary>
    public string Head(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var head = new StringBuilder();
        foreach (var name in CountedHeaders.Where(name => !_headers.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            foreach (var (_, value) in headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                head.Append(name).Append(':').Append(name == "Location" ? value : AnswerType.Normalized(value)).Append('\n');
            }
        }

        return head.ToString();
    }

    /// <summary>Whether a body with these headers must be here whole before its digest can be computed.</summary>
    public bool ReadsBody(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        !AnswerType.IsEncoded(headers) && (_patterns.Length > 0 || (_pointers.Length > 0 && AnswerType.IsJson(headers)));

    /// <summary>The body with what may differ made alike. What is no JSON, though it says so, is searched by patterns alone.</summary>
    public ReadOnlyMemory<byte> Mask(ReadOnlyMemory<byte> body, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var masked = _pointers.Length > 0 && AnswerType.IsJson(headers) ? JsonMask.Apply(body, _pointers) : body;
        if (_patterns.Length == 0)
        {
            return masked;
        }

        // Bytes that are no UTF-8 stand for themselves: replacement characters would make different bytes alike.
        var encoding = System.Text.Unicode.Utf8.IsValid(masked.Span) ? Encoding.UTF8 : Encoding.Latin1;
        var text = encoding.GetString(masked.Span);
        return encoding.GetBytes(_patterns.Aggregate(text, static (text, pattern) => pattern.Replace(text, "*")));
    }

    // Without backtracking: time is linear in the answer, whatever it holds.
    private static Regex? Pattern(string text, out string? wrong)
    {
        try
        {
            wrong = null;
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            wrong = e is NotSupportedException ? "no look-around, back reference or atomic group" : e.Message;
            return null;
        }
    }

    [GeneratedRegex(@"\s*,\s*(?=(?:header|json|regex):)", RegexOptions.ExplicitCapture)]
    private static partial Regex Separator();
}
