using System.Buffers;
using System.Runtime.InteropServices;
using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Tracing;

namespace TeeProxy.Hop;

/// <summary>
/// One accepted stream to the successor: entries, heartbeats and rows down, acks up. <see cref="RunAsync"/> ends with the
/// stream, always by an exception that says why.
/// </summary>
/// <param name="beats">The head's, to be relayed; null where a bypassed node is brought up to date: it is not in step.</param>
/// <param name="rows">What the nodes behind have reached; null for such a node too.</param>
/// <param name="own">What the successor is told of the nodes before it; null where it does not take that.</param>
internal sealed class SuccessorStream(
    HopStream stream, Journal journal, Following<Beat>? beats, RowTable? rows, RowSource? own, Progress progress, long resumedBehind, TimeProvider time) : IDisposable
{
    /// <summary>Enough to keep a fast link busy for a round trip, little enough that a slow successor holds no memory.</summary>
    private const long WindowBytes = 8 << 20;

    private readonly SendWindow _window = new(WindowBytes, resumedBehind);
    private readonly Following<Beat> _beats = beats ?? new(Beat.None);
    private readonly RecordSpans? _spans = RecordSpans.IfWanted("hop", time);
    private long _acked = resumedBehind;
    private long _heard = time.GetTimestamp();

    /// <summary>The last sequence on the successor's disk.</summary>
    public long Acked => Volatile.Read(ref _acked);

    /// <summary>Since the successor last said anything.</summary>
    public TimeSpan SinceAck => time.GetElapsedTime(Volatile.Read(ref _heard));

    public void Dispose() => _window.Dispose();

    public Task RunAsync(CancellationToken cancellation) => SideBySide.RunAsync(cancellation, SendEntriesAsync, SendBeatsAsync, ReadAcksAsync);

    private async Task SendEntriesAsync(CancellationToken cancellation)
    {
        using var cursor = new JournalCursor(journal.OpenReader(_acked), new FrameSink(stream.Writer, _window, _spans));
        await cursor.RunAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        throw new IOException("The journal closed.");
    }

    /// <summary>
    /// Relays each new beat. Without a head there is none, and an empty beat shows that this node is there. The rows of the
    /// nodes before the successor come behind each beat, and by themselves where there is none.
    /// </summary>
    private async Task SendBeatsAsync(CancellationToken cancellation)
    {
        var sent = Beat.None;
        var frame = new ArrayBufferWriter<byte>();
        var told = new ToldDetails();
        while (true)
        {
            var beat = await NextBeatAsync(sent, cancellation);
            if (beat is not null || !sent.Heartbeat.IsOfHead)
            {
                sent = beat ?? sent;
                await stream.Writer.WriteAsync(FrameType.Heartbeat, sent.Heartbeat.ToFrame(sent.View.Span), cancellation);
            }

            if (own is not null)
            {
                frame.ResetWrittenCount();
                AckCodec.Write(frame, told.WithoutKnown(own.RowsForSuccessor()));
                await stream.Writer.WriteAsync(FrameType.Rows, MemoryMarshal.AsMemory(frame.WrittenMemory), cancellation);
            }
        }
    }

    /// <summary>The first that is not <paramref name="sent"/>; null when none comes within an interval, or, where a head beats, within longer than it is silent.</summary>
    private async Task<Beat?> NextBeatAsync(Beat sent, CancellationToken cancellation)
    {
        using var interval = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        interval.CancelAfter(sent.Heartbeat.IsOfHead ? Pulse.Interval * 1.5 : Pulse.Interval);
        try
        {
            return await _beats.WaitAsync(beat => !ReferenceEquals(beat, sent), interval.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task ReadAcksAsync(CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (true)
        {
            silence.CancelAfter(Pulse.Lease);
            Frame frame;
            try
            {
                frame = await stream.Reader.ReadAsync(silence.Token) ?? throw new EndOfStreamException("The successor closed the stream.");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"The successor sent nothing for {Pulse.Lease.TotalSeconds} s.");
            }

            switch (frame.Type)
            {
                case FrameType.Ack:
                    Take(AckCodec.Read(frame.Payload.Span));
                    break;
                case FrameType.Close:
                    throw HopStream.Refusal(frame.Payload.Span);
                default:
                    throw new DamagedFrameException($"a {frame.Type} frame from a successor");
            }
        }
    }

    private void Take(AckRow[] acks)
    {
        if (acks.Length == 0)
        {
            return;
        }

        Volatile.Write(ref _heard, time.GetTimestamp());
        Volatile.Write(ref _acked, acks[0].Durable);
        _window.Acked(acks[0].Durable);
        _spans?.End(acks[0].Durable);
        rows?.Update(acks);
        progress.Ring();
    }
}
