using System.Buffers;
using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Tracing;

namespace TeeProxy.Hop;

/// <summary>
/// One accepted stream from the predecessor: entries, heartbeats and rows come, acks go. <see cref="RunAsync"/> ends with the
/// stream, always by an exception that says why.
/// </summary>
/// <param name="ahead">Filled with what the nodes before this one have reached.</param>
/// <param name="proven">Called when a frame shows that the predecessor accepts this node too.</param>
internal sealed class PredecessorStream(
    HopStream stream,
    Opening opening,
    Journal journal,
    HeadFollower follower,
    RowSource rows,
    RowTable ahead,
    Progress progress,
    Action proven,
    TimeProvider time)
{
    /// <summary>How long changes are gathered into one ack where no client waits for it.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan DiskFullPause = TimeSpan.FromMilliseconds(500);

    private readonly RecordAssembler _records = new(RecordCodec.MaxRecordBytes);
    private readonly RecordSpans? _spans = RecordSpans.IfWanted("commit", time);
    private bool _isProven;
    private long _beaten = time.GetTimestamp();

    public Opening Opening => opening;

    /// <summary>Since the stream brought a new beat: of the head where there is one, else any.</summary>
    public TimeSpan SinceBeat => time.GetElapsedTime(Volatile.Read(ref _beaten));

    public Task RunAsync(CancellationToken cancellation) => _spans is null
        ? SideBySide.RunAsync(cancellation, ReceiveAsync, RingCommitsAsync, SendAcksAsync)
        : SideBySide.RunAsync(cancellation, ReceiveAsync, RingCommitsAsync, SendAcksAsync, TellCommitsAsync);

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        while (await stream.Reader.ReadAsync(cancellation) is { } frame)
        {
            if (!_isProven && frame.Type != FrameType.Close)
            {
                _isProven = true;
                proven();
            }

            switch (frame.Type)
            {
                case FrameType.Entries:
                    await TakeAsync(_records.Add(frame.Payload), cancellation);
                    break;
                case FrameType.Heartbeat:
                    Follow(frame.Payload);
                    break;
                case FrameType.Rows:
                    ahead.Update(AckCodec.Read(frame.Payload.Span));
                    break;
                case FrameType.Close:
                    throw HopStream.Refusal(frame.Payload.Span);
                default:
                    throw new DamagedFrameException($"a {frame.Type} frame from a predecessor");
            }
        }

        throw new EndOfStreamException("The predecessor closed the stream.");
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> records, CancellationToken cancellation)
    {
        if (records.IsEmpty)
        {
            return;
        }

        _spans?.Begin(records.Span);
        while (true)
        {
            var result = await journal.AppendReceivedAsync(records, cancellation);
            switch (result.Outcome)
            {
                case ReceiveOutcome.Accepted:
                    return;
                case ReceiveOutcome.Rejected:
                    throw new HopRefusedException(Verdict.Diverged, $"entries that do not continue this node's journal: {result.Reason}");
                case ReceiveOutcome.DiskFull:
                    await Task.Delay(DiskFullPause, cancellation);
                    break;
                default:
                    throw new IOException("The journal takes nothing any more.");
            }
        }
    }

    private void Follow(ReadOnlyMemory<byte> payload)
    {
        var heartbeat = Heartbeat.Read(payload.Span, out var view);
        if (follower.Observe(heartbeat, view) || opening.Chain is null)
        {
            Volatile.Write(ref _beaten, time.GetTimestamp());
        }
    }

    /// <summary>What was committed is acked: what was only accepted is not durable.</summary>
    private async Task RingCommitsAsync(CancellationToken cancellation)
    {
        for (var last = journal.Last.Sequence; ;)
        {
            last = await journal.WaitCommittedAsync(last, cancellation);
            progress.Ring();
            if (!opening.EagerAcks)
            {
                await Task.Delay(Gathering, time, cancellation); // Nobody hears of it sooner.
            }
        }
    }

    /// <summary>From the first record on: some that came may be on the disk before this begins.</summary>
    private async Task TellCommitsAsync(CancellationToken cancellation)
    {
        for (var last = 0L; ;)
        {
            last = await journal.WaitCommittedAsync(last, cancellation);
            _spans!.End(last);
        }
    }

    /// <summary>An ack when something changed, and one an interval to show that this node lives.</summary>
    private async Task SendAcksAsync(CancellationToken cancellation)
    {
        var frame = new ArrayBufferWriter<byte>();
        var told = new ToldDetails();
        while (true)
        {
            frame.ResetWrittenCount();
            AckCodec.Write(frame, told.WithoutKnown(rows.Rows()));
            await stream.Writer.WriteAsync(FrameType.Ack, System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame.WrittenMemory), cancellation);

            var isNews = await progress.WaitAsync(Pulse.Interval, cancellation);
            if (isNews && !opening.EagerAcks)
            {
                await Task.Delay(Gathering, time, cancellation);
            }
        }
    }
}
