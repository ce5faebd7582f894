using System.Buffers;
using TeeChain.Journaling;
using TeeChain.Protocol.Frames;

namespace TeeProxy.Hop;

/// <summary>
/// Cuts the bytes of ENTRIES frames into runs of whole records. A frame that holds whole records passes through without
/// a copy; what spans frames is gathered, in a buffer that is kept: who sent one long record sends more, and a second
/// buffer beside the first one's garbage costs more than keeping it. One stream's; not thread-safe.
/// </summary>
internal sealed class RecordAssembler(long maxRecordBytes)
{
    private ArrayBufferWriter<byte> _gathered = new();
    private int _handedOut;

    /// <summary>
    /// The whole records that <paramref name="frame"/> completes, oldest first, as one run; empty when none is complete.
    /// Valid until the next call.
    /// </summary>
    /// <exception cref="DamagedFrameException">The bytes are no records, or one is too long.</exception>
    public ReadOnlyMemory<byte> Add(ReadOnlyMemory<byte> frame)
    {
        TakeOffHandedOut();
        if (_gathered.WrittenCount == 0)
        {
            var whole = WholeBytes(frame.Span);
            Gather(frame.Span[whole..]);
            return frame[..whole];
        }

        _gathered.Write(frame.Span);
        _handedOut = WholeBytes(_gathered.WrittenSpan);
        return _gathered.WrittenMemory[.._handedOut];
    }

    private void TakeOffHandedOut()
    {
        if (_handedOut > 0)
        {
            var rest = _gathered.WrittenSpan[_handedOut..].ToArray();
            _handedOut = 0;
            _gathered.ResetWrittenCount();
            Gather(rest);
        }
    }

    /// <summary>Keeps the start of a record, in a buffer of the record's size: one that doubles would need three times that.</summary>
    private void Gather(ReadOnlySpan<byte> start)
    {
        var wanted = RecordCodec.TryReadHeader(start, out var header) ? header.TotalBytes + FrameCodec.MaxPayloadBytes : FrameCodec.MaxPayloadBytes;
        if (_gathered.Capacity < wanted)
        {
            _gathered = new ArrayBufferWriter<byte>((int)wanted);
        }

        _gathered.Write(start);
    }

    private int WholeBytes(ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        while (bytes.Length - whole >= RecordCodec.HeaderBytes)
        {
            if (!RecordCodec.TryReadHeader(bytes[whole..], out var header) || header.TotalBytes > maxRecordBytes)
            {
                throw new DamagedFrameException("entries that are no journal records, or a record longer than this node takes");
            }

            if (bytes.Length - whole < header.TotalBytes)
            {
                break;
            }

            whole += (int)header.TotalBytes;
        }

        return whole;
    }
}
