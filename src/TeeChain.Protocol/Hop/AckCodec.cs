using System.Buffers;
using System.Buffers.Binary;
using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Hop;

/// <summary>
/// The payload of an ACK frame and of a ROWS frame: a count, rows, and then how old each of them is.
/// <code>
///  ┌───────┬───────────────────────────────────────────────────────────────────────────────────────────┬─────────┐
///  │ count │ node (16) journal (16) durable (8) applied (8) view (8 + 8) state (4) length (4) detail   │ age (4) │
///  │  (4)  │ × count                                                                                   │ × count │
///  └───────┴───────────────────────────────────────────────────────────────────────────────────────────┴─────────┘
/// </code>
/// The ages, milliseconds, came later: who does not know them leaves them unread, and who gets none takes each row for new.
/// What a later release adds stands behind them.
/// </summary>
public static class AckCodec
{
    private const int RowBytes = 72;
    private const int AgeBytes = 4;

    /// <summary>Writes a frame, header room included, into <paramref name="output"/>.</summary>
    public static void Write(ArrayBufferWriter<byte> output, IReadOnlyList<AckRow> rows)
    {
        output.GetSpan(FrameCodec.HeaderBytes)[..FrameCodec.HeaderBytes].Clear();
        output.Advance(FrameCodec.HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), rows.Count);
        output.Advance(4);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var span = output.GetSpan(RowBytes);
            row.Node.TryWriteBytes(span);
            row.Journal.TryWriteBytes(span[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(span[32..], row.Durable);
            BinaryPrimitives.WriteInt64LittleEndian(span[40..], row.Applied);
            BinaryPrimitives.WriteInt64LittleEndian(span[48..], row.View.Epoch);
            BinaryPrimitives.WriteInt64LittleEndian(span[56..], row.View.Counter);
            BinaryPrimitives.WriteInt32LittleEndian(span[64..], (int)row.State);
            BinaryPrimitives.WriteInt32LittleEndian(span[68..], row.Detail.Length);
            output.Advance(RowBytes);
            output.Write(row.Detail.Span);
        }

        for (var i = 0; i < rows.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(AgeBytes), (uint)Math.Clamp(rows[i].Age.TotalMilliseconds, 0, uint.MaxValue));
            output.Advance(AgeBytes);
        }
    }

    /// <summary>Reads a payload. Details are copied, so the rows outlive the frame.</summary>
    /// <exception cref="DamagedFrameException">The bytes are no rows.</exception>
    public static AckRow[] Read(ReadOnlySpan<byte> payload)
    {
        var count = payload.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(payload);
        if (count < 0 || count > (payload.Length - 4) / RowBytes)
        {
            throw new DamagedFrameException("an ACK with an impossible count of rows");
        }

        payload = payload[4..];
        var rows = new AckRow[count];
        for (var i = 0; i < count; i++)
        {
            var length = payload.Length < RowBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(payload[68..]);
            if (length < 0 || length > payload.Length - RowBytes)
            {
                throw new DamagedFrameException("an ACK row that reaches beyond its frame");
            }

            rows[i] = new AckRow(
                new Guid(payload[..16]),
                new Guid(payload[16..32]),
                BinaryPrimitives.ReadInt64LittleEndian(payload[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(payload[40..]),
                new ViewVersion(BinaryPrimitives.ReadInt64LittleEndian(payload[48..]), BinaryPrimitives.ReadInt64LittleEndian(payload[56..])),
                (AckState)BinaryPrimitives.ReadInt32LittleEndian(payload[64..]),
                length == 0 ? default : payload.Slice(RowBytes, length).ToArray());
            payload = payload[(RowBytes + length)..];
        }

        for (var i = 0; i < count && payload.Length >= count * AgeBytes; i++)
        {
            rows[i] = rows[i] with { Age = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(payload[(i * AgeBytes)..])) };
        }

        return rows;
    }
}
