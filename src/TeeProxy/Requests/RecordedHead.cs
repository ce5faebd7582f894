using System.Text;

namespace TeeProxy.Requests;

/// <summary>
/// A recorded request head that is looked at where it lies, for the few things that each delivery asks of it; see
/// <see cref="RequestHead"/> for the format. Valid for as long as its bytes.
/// </summary>
internal readonly struct RecordedHead(ReadOnlyMemory<byte> bytes)
{
    /// <summary>As it was recorded, with its empty line.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Path and query.</summary>
    public ReadOnlySpan<byte> Target
    {
        get
        {
            var line = bytes.Span[..Math.Max(0, bytes.Span.IndexOf((byte)'\r'))];
            line = line[(line.IndexOf((byte)' ') + 1)..];
            return line[..Math.Max(0, line.LastIndexOf((byte)' '))];
        }
    }

    public ReadOnlySpan<byte> Path => Target is var target && target.IndexOf((byte)'?') is >= 0 and var at ? target[..at] : target;

    public ReadOnlySpan<byte> Method => bytes.Span[..Math.Max(0, bytes.Span.IndexOf((byte)' '))];

    /// <summary>Whether it is this method, given in capitals.</summary>
    public bool IsOf(ReadOnlySpan<byte> method) => bytes.Span.StartsWith(method) && bytes.Span[method.Length] == ' ';

    /// <summary>Whether a header of that name stands there at all.</summary>
    public bool Has(string name) => Find(name, out _) > 0;

    /// <summary>The value of the one header of that name; null when there is none or more than one.</summary>
    public string? Header(string name) => Find(name, out var value) == 1 ? Encoding.Latin1.GetString(value) : null;

    private int Find(string name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var count = 0;
        var rest = bytes.Span;
        for (int end; (end = rest.IndexOf("\r\n"u8)) >= 0;)
        {
            rest = rest[(end + 2)..];
            if (rest.Length > name.Length + 1 && rest[name.Length] == ':' && Ascii.EqualsIgnoreCase(rest[..name.Length], name))
            {
                count++;
                value = rest[(name.Length + 2)..rest.IndexOf((byte)'\r')]; // ": " stands between them
            }
        }

        return count;
    }
}
