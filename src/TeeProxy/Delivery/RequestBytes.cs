using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using TeeChain.Protocol;

namespace TeeProxy.Delivery;

/// <summary>A recorded write as it goes to the application: the recorded head as it stands, what belongs to this delivery, the body.</summary>
/// <param name="authority">Named as <c>Host</c> where the client named none.</param>
internal sealed class RequestBytes(string authority)
{
    /// <summary>Bodies up to this size travel in one piece with their head.</summary>
    private const int MostInOnePiece = 64 << 10;

    private const string RedeliveryLine = $"{HeaderNames.Redelivery}: 1\r\n";

    /// <summary>More than what this class adds, but for a host: four names, two numbers and an id.</summary>
    private const int MostAddedBytes = 256;

    private static ReadOnlySpan<byte> HostName => "\r\nHost:"u8;

    /// <summary>The head, and the body where it is in memory and not long.</summary>
    /// <param name="isBodyIn">False where the body must follow.</param>
    /// <returns>From the shared pool; <paramref name="length"/> bytes of it count.</returns>
    public byte[] Build(RecordedWrite write, Guid chain, bool isRedelivery, out int length, out bool isBodyIn)
    {
        var recorded = write.Recorded.Bytes.Span[..^2]; // without the empty line
        isBodyIn = write.Body is { Length: <= MostInOnePiece };
        var body = isBodyIn ? write.Body!.Value.Span : default;
        var host = HostLine(recorded, out var emptyHost);

        var bytes = ArrayPool<byte>.Shared.Rent(recorded.Length + host.Length + MostAddedBytes + body.Length);
        var to = Put(bytes, recorded[..emptyHost.Start.Value]);
        to = Put(to, recorded[emptyHost.End.Value..]);
        to = to[Encoding.Latin1.GetBytes(host, to)..];
        Utf8.TryWrite(
            to,
            CultureInfo.InvariantCulture,
            $"Content-Length: {write.BodyLength}\r\n{HeaderNames.Chain}: {chain}\r\n{HeaderNames.Sequence}: {write.Sequence}\r\n{(isRedelivery ? RedeliveryLine : "")}\r\n",
            out var added);
        to = Put(to[added..], body);
        length = bytes.Length - to.Length;
        return bytes;
    }

    /// <summary>A line to add where the client named no host.</summary>
    /// <param name="empty">An empty one, which is left out.</param>
    private string HostLine(ReadOnlySpan<byte> head, out Range empty)
    {
        empty = ..0;
        for (var at = 0; head[at..].IndexOf((byte)'\r') is >= 0 and var found; at += found + 1)
        {
            var line = head[(at + found)..];
            if (line.Length > HostName.Length && Ascii.EqualsIgnoreCase(line[..HostName.Length], HostName))
            {
                var start = at + found + 2;
                var end = start + head[start..].IndexOf("\r\n"u8) + 2;
                if (!head[(start + HostName.Length - 2)..end].Trim(" \r\n"u8).IsEmpty)
                {
                    return "";
                }

                empty = start..end;
            }
        }

        return $"Host: {authority}\r\n";
    }

    private static Span<byte> Put(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to);
        return to[bytes.Length..];
    }
}
