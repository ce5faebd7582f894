using Microsoft.Win32.SafeHandles;

namespace TeeChain.Journaling;

/// <summary>
/// What an entry carries: a request head in memory, and a body in memory or in a spool file. Whoever builds it pays for
/// its checksum, so that the one writer thread does not. Memory and spool must stay unchanged until the append ends.
/// </summary>
public readonly struct EntryPayload
{
    private EntryPayload(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, SafeFileHandle? spool, long bodyLength, uint crc)
    {
        Head = head;
        Body = body;
        Spool = spool;
        BodyLength = bodyLength;
        Crc = crc;
    }

    public ReadOnlyMemory<byte> Head { get; }

    public long BodyLength { get; }

    /// <summary>CRC-32C of the head followed by the body.</summary>
    public uint Crc { get; }

    internal ReadOnlyMemory<byte> Body { get; }

    internal SafeFileHandle? Spool { get; }

    /// <summary>Of head and body.</summary>
    public long Bytes => Head.Length + BodyLength;

    public static EntryPayload InMemory(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) =>
        new(head, body, null, body.Length, Crc32C.Append(Crc32C.Compute(head.Span), body.Span));

    /// <param name="head">The request head.</param>
    /// <param name="spool">A readable file that holds the body from its offset 0.</param>
    /// <param name="length">Bytes of the body.</param>
    /// <param name="payloadCrc">CRC-32C of the head followed by the body; checked while the body is copied.</param>
    public static EntryPayload Spooled(ReadOnlyMemory<byte> head, SafeFileHandle spool, long length, uint payloadCrc)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(head, default, spool, length, payloadCrc);
    }
}
