using TeeChain.Journaling;
using TeeProxy.Requests;

namespace TeeProxy.Delivery;

/// <summary>
/// A write as it is delivered. Made of an entry it is valid as long as that: until the reader goes on.
/// <see cref="Outliving"/> makes one that stays valid until the write is delivered.
/// </summary>
internal sealed class RecordedWrite
{
    private readonly Func<Stream> _open;
    private RequestHead? _head;

    private RecordedWrite(long sequence, uint crc, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte>? body, long bodyLength, Func<Stream> open) =>
        (Sequence, Crc, Recorded, Body, BodyLength, _open) = (sequence, crc, new(head), body, bodyLength, open);

    public long Sequence { get; }

    public uint Crc { get; }

    /// <summary>The head as it was recorded.</summary>
    public RecordedHead Recorded { get; }

    /// <summary>The same, taken apart at the first use.</summary>
    public RequestHead Head => _head ??= RequestHead.Decode(Recorded.Bytes.Span);

    /// <summary>The body; null when it is too large for memory.</summary>
    public ReadOnlyMemory<byte>? Body { get; }

    public long BodyLength { get; }

    /// <summary>Within what its order is kept; empty: among all.</summary>
    public string Lane { get; private init; } = "";

    /// <summary>What <see cref="Outliving"/> holds in memory, more or less.</summary>
    public int HeldBytes => Recorded.Bytes.Length + (Body?.Length ?? 0);

    public static RecordedWrite Of(JournalEntry entry) => new(
        entry.Sequence, entry.Crc, entry.Head, entry.BodyInMemory ? (ReadOnlyMemory<byte>?)entry.Body : null, entry.BodyLength, entry.OpenBody);

    /// <summary>A copy of its own; a body that is too large for memory is read from the journal, which keeps it until it is delivered.</summary>
    public RecordedWrite Outliving(Journal journal, string lane) => new(
        Sequence, Crc, Recorded.Bytes.ToArray(), Body is { } body ? (ReadOnlyMemory<byte>?)body.ToArray() : null, BodyLength, () => Open(journal, Sequence))
    {
        Lane = lane,
    };

    /// <summary>One that lies elsewhere, and is read from there.</summary>
    public static RecordedWrite Kept(long sequence, uint crc, ReadOnlyMemory<byte> head, long bodyLength, Func<Stream> open) => new(sequence, crc, head, null, bodyLength, open);

    /// <summary>The body from its file, from the beginning.</summary>
    public Stream OpenBody() => _open();

    /// <summary>The body, if it has at most so many bytes.</summary>
    public ReadOnlyMemory<byte>? ReadBody(int most)
    {
        if (Body is not null || BodyLength > most)
        {
            return Body;
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)BodyLength);
        using var stream = OpenBody();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Stream Open(Journal journal, long sequence)
    {
        using var reader = journal.OpenReader(sequence - 1);
        return reader.TryRead(out var entry) ? entry.OpenBody() : throw new InvalidOperationException($"Write {sequence} was read before and cannot be read again.");
    }
}
