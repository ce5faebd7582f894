using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeProxy.Delivery;

namespace TeeProxy.Hop;

/// <summary>Takes the journal's own bytes to the next node as ENTRIES frames, within the window; nothing is encoded anew.</summary>
internal sealed class FrameSink(FrameWriter writer, SendWindow window) : IEntrySink
{
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

            await writer.WriteAsync(FrameType.Entries, _frame.AsMemory(0, FrameCodec.HeaderBytes + count), stopping);
            window.Sent(count, reader.RawSequence);
        }
    }
}
