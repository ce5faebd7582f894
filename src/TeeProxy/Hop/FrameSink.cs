using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeProxy.Delivery;
using TeeProxy.Tracing;

namespace TeeProxy.Hop;

/// <summary>Takes the journal's own bytes to the next node as ENTRIES frames, within the window; nothing is encoded anew.</summary>
/// <param name="spans">Told of each record when its last byte is sent; null where spans are not wanted.</param>
internal sealed class FrameSink(FrameWriter writer, SendWindow window, RecordSpans? spans) : IEntrySink
{
    private readonly RecordAssembler? _records = spans is null ? null : new(RecordCodec.MaxRecordBytes);
    private readonly byte[] _frame = new byte[FrameCodec.HeaderBytes + FrameCodec.MaxPayloadBytes];

    /// <inheritdoc/>
    public async ValueTask DrainAsync(JournalReader reader, CancellationToken stopping)
    {
        while (true)
        {
            await window.WaitAsync(stopping);
            var count = reader.ReadRaw(_frame.AsSpan(FrameCodec.HeaderBytes));
            if (count == 0)
            {
                return;
            }

            if (spans is not null)
            {
                spans.Begin(_records!.Add(_frame.AsMemory(FrameCodec.HeaderBytes, count)).Span);
            }

            await writer.WriteAsync(FrameType.Entries, _frame.AsMemory(0, FrameCodec.HeaderBytes + count), stopping);
            window.Sent(count, reader.RawSequence);
        }
    }
}
