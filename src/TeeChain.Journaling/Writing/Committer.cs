using System.Diagnostics.Metrics;
using TeeChain.Journaling.Cursors;
using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Writing;

/// <summary>
/// One commit: a mark and a batch into the active segment, one sync, then the news of it. The writer thread's own, but
/// for <see cref="Committed"/> and <see cref="Readable"/>. What it throws faults the journal, and <see cref="InFlight"/> items are ambiguous then.
/// </summary>
internal sealed class Committer(
    SegmentList segments, SegmentRoller roller, Retention retention, ReceivedIntake intake, CommitSignal signal, Pace pace, TimeProvider time, Meter? meter, RecoveredState recovered)
{
    /// <summary>Bounds what one sync may take, and so the wait of whoever comes next.</summary>
    private const long MostBatchBytes = 4 << 20;

    private readonly BatchWriter _writer = new();

    // Where the batch's records begin; news for the index only once they are committed.
    private readonly List<(long Sequence, long Offset)> _points = [];
    private readonly Histogram<double>? _duration = meter?.CreateHistogram<double>(
        "teechain_journal_commit_duration_seconds", "s", "Writing and syncing one batch.");
    private Committed _committed = recovered.Committed;
    private long _readable = recovered.Committed.Last.Sequence;
    private VersionedCursor _markedCursor = recovered.Cursor;
    private bool _isSealed;

    /// <summary>The last commit, for any thread.</summary>
    public Committed Committed => Volatile.Read(ref _committed);

    /// <summary>The last record that a reader may have seen, for any thread: never behind one, as <see cref="Committed"/> may be for a moment.</summary>
    public long Readable => Volatile.Read(ref _readable);

    /// <summary>How many items at the start of the backlog are being written.</summary>
    public int InFlight { get; private set; }

    /// <summary>
    /// Commits a batch from the start of <paramref name="backlog"/> and takes it out. <paramref name="cursor"/> was read
    /// before the last of the backlog was taken from the queue. False when the first item must wait for room.
    /// </summary>
    public bool Step(List<IPending> backlog, VersionedCursor cursor)
    {
        while (backlog.Count > 0)
        {
            if (Obey(backlog[0]) || Refuse(backlog[0]))
            {
                backlog.RemoveAt(0);
            }
            else if (roller.TryMakeRoom(MarkBytes(cursor) + backlog[0].Bytes, Committed.Last))
            {
                return Commit(backlog, Plan(backlog, MarkBytes(cursor)), cursor);
            }
            else if (!DropForRoom(backlog, 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes what the last mark does not prove yet: a clean close leaves nothing that a flipped bit could pass off as a tear.</summary>
    public void Close(VersionedCursor cursor)
    {
        var active = segments.Active;
        if (active.CommittedEnd + MarkBytes(cursor) <= active.Capacity)
        {
            Write([], 0, cursor, active);
            active.File.Sync();
            active.Commit(_writer.Offset, active.LastSequence);
        }
    }

    private int Plan(List<IPending> backlog, int markBytes)
    {
        var active = segments.Active;
        long room = Math.Min(active.Capacity - active.CommittedEnd - markBytes, Math.Max(MostBatchBytes, backlog[0].Bytes));
        return BatchRule.Count(backlog, room, Committed.Last.Epoch, _isSealed);
    }

    private int MarkBytes(VersionedCursor cursor) =>
        Math.Max(new Mark(default, 0, cursor).Bytes, new Mark(default, 0, _markedCursor).Bytes);

    private bool Commit(List<IPending> backlog, int count, VersionedCursor cursor)
    {
        var active = segments.Active;
        long started = time.GetTimestamp();
        InFlight = count;
        pace.Started();
        JournalPosition last;
        try
        {
            last = Write(backlog, count, count == backlog.Count ? cursor : null, active);
        }
        catch (DiskFullException)
        {
            _writer.Undo();
            InFlight = 0;
            return DropForRoom(backlog, count);
        }
        catch (SpoolUnreadableException)
        {
            _writer.Undo();
            InFlight = 0;
            ((AppendRequest)backlog[0]).OnFailed(AppendFailure.SpoolUnreadable);
            backlog.RemoveAt(0);
            return true;
        }

        active.File.Sync();
        _duration?.Record(time.GetElapsedTime(started).TotalSeconds);
        Publish(backlog, count, active, last);
        InFlight = 0;
        backlog.RemoveRange(0, count);
        return true;
    }

    /// <summary>
    /// Writes the mark and the items behind what is committed. <paramref name="cursor"/> is null when the batch leaves
    /// items behind that were appended before the cursor was read: a mark never vouches for more than is in its batch.
    /// </summary>
    private JournalPosition Write(List<IPending> backlog, int count, VersionedCursor? cursor, Segment active)
    {
        var at = Committed.Last;
        var copy = cursor is not null && (cursor.Version != _markedCursor.Version || !active.HasCursor) ? cursor
            : !active.HasCursor ? _markedCursor
            : null;
        var mark = new Mark(at, retention.Passed, copy is { Version: > 0 } ? copy : null);
        _points.Clear();
        _writer.Begin(active.File, active.CommittedEnd);
        mark.Write(_writer.Reserve(mark.Bytes), active.Header);
        long now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (int i = 0; i < count; i++)
        {
            if (backlog[i] is ReceivedRun run)
            {
                _points.Add((run.Base.Sequence + 1, _writer.Offset));
                _writer.Append(run.Records.Span);
                at = run.Last;
            }
            else
            {
                at = WriteRequest((AppendRequest)backlog[i], at, now);
            }
        }

        _writer.Flush();
        if (copy is not null)
        {
            // A failed sync faults the journal, so this is never wrong for long.
            _markedCursor = copy;
            active.HasCursor = true;
        }

        return at;
    }

    private JournalPosition WriteRequest(AppendRequest request, JournalPosition at, long now)
    {
        var payload = request.Payload;
        long epoch = request.Epoch ?? at.Epoch;
        _points.Add((at.Sequence + 1, _writer.Offset));
        var header = new RecordHeader(request.Kind, payload.Head.Length, (int)payload.BodyLength, at.Sequence + 1, epoch, now, at.Crc, payload.Crc, 0);
        uint crc = RecordCodec.Write(_writer.Reserve(RecordCodec.HeaderBytes), header);
        _writer.Append(payload.Head.Span);
        if (payload.Spool is null)
        {
            _writer.Append(payload.Body.Span);
        }
        else
        {
            _writer.AppendSpool(payload.Spool, payload.BodyLength, Crc32C.Compute(payload.Head.Span), payload.Crc);
        }

        return request.Position = new(at.Sequence + 1, epoch, crc);
    }

    private void Publish(List<IPending> backlog, int count, Segment active, JournalPosition last)
    {
        for (int i = 0; i < count; i++)
        {
            var request = backlog[i] as AppendRequest;
            request?.OnSequenced(request.Position);
            _isSealed &= request?.Epoch is null;
        }

        foreach (var (sequence, offset) in _points)
        {
            active.Index.Offer(sequence, offset);
        }

        Volatile.Write(ref _readable, last.Sequence);
        active.Commit(_writer.Offset, last.Sequence);
        Volatile.Write(ref _committed, new Committed(last, active.StartBytes + _writer.Offset - SegmentHeader.Bytes));
        retention.AfterCommit(active);
        signal.Publish(last.Sequence);
        long received = 0;
        for (int i = 0; i < count; i++)
        {
            received += backlog[i] is ReceivedRun ? backlog[i].Bytes : 0;
            (backlog[i] as AppendRequest)?.OnCommitted();
        }

        if (received > 0)
        {
            intake.Committed(received);
        }
    }

    /// <summary>True when the item was an order to the writer and not something to append.</summary>
    private bool Obey(IPending item)
    {
        if (item is not SealRequest request)
        {
            return false;
        }

        _isSealed = request.IsSealing;
        request.Complete(Committed.Last);
        return true;
    }

    /// <summary>True when the item can never be appended here; then it was told so.</summary>
    private bool Refuse(IPending item)
    {
        if (_isSealed && item is AppendRequest { Epoch: null } late)
        {
            late.OnFailed(AppendFailure.Sealed);
            return true;
        }

        if (item is AppendRequest { Epoch: { } epoch } request && epoch <= Committed.Last.Epoch)
        {
            request.OnFailed(AppendFailure.EpochFell);
            return true;
        }

        if (item is ReceivedRun run && run.Base != Committed.Last)
        {
            intake.Dropped(run.Bytes, $"the records after {run.Base} no longer follow; the journal ends with {Committed.Last}");
            return true;
        }

        return false;
    }

    /// <summary>Tells requests that there is no room, and takes them out. False for what was received: it stays.</summary>
    private bool DropForRoom(List<IPending> backlog, int count)
    {
        if (backlog[0] is ReceivedRun)
        {
            intake.RefuseForRoom();
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            ((AppendRequest)backlog[i]).OnFailed(AppendFailure.DiskFull);
        }

        backlog.RemoveRange(0, count);
        return true;
    }
}
