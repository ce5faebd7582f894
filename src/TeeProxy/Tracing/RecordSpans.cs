using System.Diagnostics;
using TeeChain.Journaling;
using TeeProxy.Requests;

namespace TeeProxy.Tracing;

/// <summary>
/// The spans of writes that pass in the journal's own bytes, many at a time: each begins when its record comes by and is
/// told of once the far end has reached it. One stream's; thread-safe. Made only where spans are wanted.
/// </summary>
internal sealed class RecordSpans(string name, TimeProvider time)
{
    /// <summary>As many as one span queue holds; of what is beyond, nothing is told.</summary>
    private const int MostOpen = SpanQueue.MostSpans;

    private readonly Queue<Open> _open = new(); // guards itself; in the order of the journal

    private readonly record struct Open(long Sequence, ActivityContext Trace, DateTimeOffset Start);

    /// <returns>Null where spans are not wanted.</returns>
    public static RecordSpans? IfWanted(string name, TimeProvider time) => Spans.AreWanted ? new RecordSpans(name, time) : null;

    /// <param name="records">Whole records.</param>
    public void Begin(ReadOnlySpan<byte> records)
    {
        var now = time.GetUtcNow();
        while (RecordCodec.TryReadHeader(records, out var header) && header.TotalBytes <= records.Length)
        {
            if (header.Kind == EntryKind.Write)
            {
                Begin(header.Sequence, records.Slice(RecordCodec.HeaderBytes, header.HeadBytes).ToArray(), now);
            }

            records = records[(int)header.TotalBytes..];
        }
    }

    /// <summary>All up to <paramref name="sequence"/> are over.</summary>
    public void End(long sequence)
    {
        var now = time.GetUtcNow();
        lock (_open)
        {
            while (_open.TryPeek(out var first) && first.Sequence <= sequence)
            {
                _open.Dequeue();
                Spans.Tell(name, first.Trace, first.Sequence, first.Start, now);
            }
        }
    }

    private void Begin(long sequence, ReadOnlyMemory<byte> head, DateTimeOffset now)
    {
        if (!Spans.TryRead(new RecordedHead(head), out var trace))
        {
            return;
        }

        lock (_open)
        {
            if (_open.Count < MostOpen)
            {
                _open.Enqueue(new Open(sequence, trace, now));
            }
        }
    }
}
