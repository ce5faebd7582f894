using System.Buffers.Binary;

namespace TeeChain.EndToEnd.Harness;

/// <summary>One field of a protobuf message, as it stands on the wire.</summary>
/// <param name="Number">Varints and fixed numbers.</param>
/// <param name="Bytes">Strings, bytes and messages.</param>
internal readonly record struct ProtobufField(int Id, ulong Number, ReadOnlyMemory<byte> Bytes)
{
    /// <exception cref="InvalidDataException">These bytes are no message.</exception>
    public static IEnumerable<ProtobufField> Of(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var id = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return new(id, Varint(ref message), default);
                    break;
                case 1:
                    yield return new(id, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, 8).Span), default);
                    break;
                case 2:
                    yield return new(id, 0, Take(ref message, (int)Varint(ref message)));
                    break;
                case 5:
                    yield return new(id, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, 4).Span), default);
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7}.");
            }
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> from)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref from, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> from, int count)
    {
        if (count < 0 || count > from.Length)
        {
            throw new InvalidDataException("The message ends within a field.");
        }

        var taken = from[..count];
        from = from[count..];
        return taken;
    }
}
