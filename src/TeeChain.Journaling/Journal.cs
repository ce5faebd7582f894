using TeeChain.Journaling.Cursors;
using TeeChain.Journaling.Reading;
using TeeChain.Journaling.Recovery;
using TeeChain.Journaling.Segments;
using TeeChain.Journaling.Writing;

namespace TeeChain.Journaling;

/// <summary>
/// One node's journal: a folder, one writer thread, any number of readers. Every member may be called on any thread,
/// but where it says otherwise. docs/journal.md has the format, the rules of recovery and what is assumed of the disk.
/// </summary>
public sealed class Journal : IJournal, IAsyncDisposable
{
    private readonly IDisposable _lock;
    private readonly JournalOptions _options;
    private readonly SegmentList _segments;
    private readonly SegmentStock _stock;
    private readonly CursorFile _cursors;
    private readonly Retention _retention;
    private readonly Keeper _keeper;
    private readonly WriteQueue _queue;
    private readonly ReceivedIntake _intake;
    private readonly CommitSignal _signal;
    private readonly Committer _committer;
    private readonly JournalWriter _writer;
    private int _isDisposed;

    private Journal(IDisposable folderLock, SegmentStock stock, RecoveredJournal recovered, CursorFile cursors, JournalOptions options)
    {
        _lock = folderLock;
        _options = options;
        _signal = new CommitSignal(options.Resume);
        _stock = stock;
        _cursors = cursors;
        JournalId = recovered.JournalId;
        _segments = new(recovered.Segments);
        _retention = new(_segments, stock, options, recovered.Passed);
        _queue = new(options.TimeProvider, options.LazyLinger);
        _intake = new(_queue, (int)Math.Min(256 << 10, options.SegmentBytes / 4));
        var pace = new Pace(options.MinSyncInterval, options.TimeProvider);
        var roller = new SegmentRoller(_segments, stock, options, recovered.JournalId, recovered.Generation);
        var active = recovered.Segments[^1];
        var committed = new Committed(recovered.Last, active.StartBytes + active.CommittedEnd - SegmentHeader.Bytes);
        _committer = new(_segments, roller, _retention, _intake, _signal, pace, options.TimeProvider, options.Meter, new(committed, recovered.Cursor));
        _writer = new(_queue, _committer, _intake, cursors, _signal, pace);
        _keeper = new(_retention, options.KeeperInline, _writer.Fault);
        _signal.Publish(recovered.Last.Sequence);
    }

    /// <summary>Minted for every new, empty folder, and kept there.</summary>
    public Guid JournalId { get; }

    /// <summary>The last committed record.</summary>
    public JournalPosition Last => _committer.Committed.Last;

    /// <summary>Right before the first record that is kept.</summary>
    public JournalPosition Base => _segments.First.Header.Base;

    /// <summary>The first record that is kept; one behind <see cref="Last"/> when there is none.</summary>
    public long FirstSequence => Base.Sequence + 1;

    /// <summary>On disk: segments and the spare.</summary>
    public long Bytes => _segments.Bytes + _stock.Bytes;

    /// <summary>Bytes of what not every row has passed, to 64 KiB.</summary>
    public long HeldBytes => Math.Max(0, _committer.Committed.Bytes - _retention.PassedBytes);

    public long BudgetBytes => _options.MaxBytes;

    /// <summary>Whether the budget has room for a write of so many bytes beside what is held and what is on its way to the disk.</summary>
    public bool HasRoomFor(long bytes) => HeldBytes + _queue.PendingBytes + bytes <= _options.MaxBytes;

    /// <summary>What every row has passed, as last told to <see cref="Release"/>, also before a restart.</summary>
    public long Passed => _retention.Passed;

    /// <summary>The last saved cursor; after a restart the newer of the cursor file and the last mark's copy.</summary>
    public CursorState Cursor => _cursors.Current.State;

    /// <summary>Whether what <see cref="AppendReceivedAsync"/> accepted waits for room on the disk. It is tried again, at most once a second.</summary>
    public bool IsWaitingForRoom => _intake.IsWaitingForRoom;

    /// <summary>Completes with the cause when the journal faults; then the process should exit and say so.</summary>
    public Task<Exception> Faulted => _writer.Faulted;

    /// <summary>
    /// Takes the folder, recovers and starts the writer thread. Reads every kept byte once. Throws
    /// <see cref="JournalLockedException"/>, <see cref="JournalDamagedException"/>, <see cref="CursorBeyondJournalException"/>,
    /// or <see cref="IOException"/> when the disk refuses; then nothing that was durable is lost.
    /// </summary>
    public static Journal Open(IFolder folder, JournalOptions options)
    {
        options.Validate();
        var folderLock = folder.Lock();
        var stock = new SegmentStock(folder, options.SegmentBytes);
        RecoveredJournal? recovered = null;
        try
        {
            recovered = JournalRecovery.Run(folder, stock, options);
            var cursors = CursorFile.Open(folder, recovered.JournalId, recovered.Cursor);
            var journal = new Journal(folderLock, stock, recovered, cursors, options);
            journal._keeper.Start();
            journal._writer.Start();
            return journal;
        }
        catch
        {
            recovered?.Segments.ForEach(segment => segment.File.Dispose());
            stock.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>The position of a kept record, or of <see cref="Base"/>.</summary>
    public bool TryGetPosition(long sequence, out JournalPosition position)
    {
        var (last, @base) = (Last, Base);
        position = sequence == last.Sequence ? last : sequence == @base.Sequence ? @base : default;
        if (sequence == last.Sequence || sequence == @base.Sequence)
        {
            return true;
        }

        if (sequence < @base.Sequence || sequence > last.Sequence)
        {
            return false;
        }

        using var walk = RecordWalk.OpenAfter(_segments, sequence - 1);
        if (walk is null || !walk.TryPeek(out var header) || header.Sequence != sequence)
        {
            return false;
        }

        position = header.Position;
        return true;
    }

    /// <summary>
    /// The head's way in. Never blocks and never throws for what the disk does; see <see cref="AppendRequest"/> for the
    /// answers. The budget refuses writes only: an outcome that a replica waits for must not wait for the replica.
    /// </summary>
    public void Append(AppendRequest request)
    {
        long bytes = ((IPending)request).Bytes;
        var payload = request.Payload;
        bool isTooLarge = payload.Head.Length > RecordCodec.MaxHeadBytes || payload.BodyLength > RecordCodec.MaxBodyBytes || payload.Bytes > _options.MaxEntryBytes;
        var failure = _writer.FaultCause is not null ? AppendFailure.Faulted
            : isTooLarge ? AppendFailure.TooLarge
            : request.Kind == EntryKind.Write && !HasRoomFor(bytes) ? AppendFailure.BudgetFull
            : _queue.TryAdd(request) ? (AppendFailure?)null
            : _writer.WhyClosed;
        if (failure is { } refused)
        {
            request.OnFailed(refused);
        }
    }

    /// <summary>As <see cref="Append"/>; completes when the entry is committed. Throws <see cref="JournalAppendException"/>.</summary>
    public Task<JournalPosition> AppendAsync(EntryKind kind, EntryPayload payload, long? epoch = null)
    {
        var request = new AwaitedAppend(kind, payload, epoch);
        Append(request);
        return request.Committed;
    }

    /// <summary>
    /// From here on <see cref="Append"/> is refused with <see cref="AppendFailure.Sealed"/>, but for a record that begins an
    /// epoch: that ends the seal. Completes with the last record once all that was appended before is committed or refused,
    /// so nothing of this node's comes behind it. What other nodes send is not concerned. A seal does not survive a restart.
    /// Throws <see cref="JournalAppendException"/> when the journal is closed or faulted.
    /// </summary>
    public Task<JournalPosition> SealAsync() => OrderAsync(new SealRequest(isSealing: true));

    /// <summary>Ends the seal without a new epoch.</summary>
    public Task UnsealAsync() => OrderAsync(new SealRequest(isSealing: false));

    /// <summary>
    /// A replica's way in: whole records, byte for byte as the predecessor has them, behind what was accepted before.
    /// Checks them, copies them, and completes at once while at most 4 MiB are pending, else when that has drained. A record
    /// longer than those 4 MiB is not copied: then it completes when that is committed.
    /// The commit is seen by <see cref="WaitCommittedAsync"/>. One caller at a time.
    /// </summary>
    public ValueTask<ReceiveResult> AppendReceivedAsync(ReadOnlyMemory<byte> records, CancellationToken cancellation) =>
        _intake.AppendAsync(records, () => Last, cancellation);

    /// <summary>Completes when all that <see cref="AppendReceivedAsync"/> accepted is committed, or will never be: <see cref="Last"/> then tells where to resume.</summary>
    public Task FlushAsync(CancellationToken cancellation) => _intake.WhenEmptyAsync(cancellation);

    /// <summary>A reader of what follows <paramref name="afterSequence"/>. Throws <see cref="SequenceNotKeptException"/>.</summary>
    /// <param name="goesFirst">Whether it is woken before other readers by the same commit: for the one that a client waits for.</param>
    public JournalReader OpenReader(long afterSequence, bool goesFirst = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(afterSequence, _committer.Readable);
        return RecordWalk.OpenAfter(_segments, afterSequence) is { } walk
            ? new(walk, _signal, afterSequence, goesFirst)
            : throw new SequenceNotKeptException(afterSequence, FirstSequence);
    }

    /// <summary>The first kept record of an epoch; null when there is none.</summary>
    public long? FirstOf(long epoch)
    {
        using var reader = OpenReader(Base.Sequence);
        while (reader.TryRead(out var entry))
        {
            if (entry.Epoch == epoch)
            {
                return entry.Sequence;
            }
        }

        return null;
    }

    /// <summary>
    /// Completes with the last sequence once that is above <paramref name="beyondSequence"/>. Throws
    /// <see cref="JournalFaultedException"/> or <see cref="ObjectDisposedException"/> when it never will be.
    /// </summary>
    public ValueTask<long> WaitCommittedAsync(long beyondSequence, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<long>(cancellation);
        }

        var waiter = new CommitWaiter();
        _signal.Begin(waiter, beyondSequence, cancellation);
        return new(waiter, waiter.Version);
    }

    /// <summary>
    /// Every row has passed this record. Segments wholly passed are kept for <see cref="JournalOptions.Retain"/> while the
    /// budget allows, then dropped. Never goes back; durable with the next commit.
    /// </summary>
    public void Release(long passedSequence) => _retention.Release(passedSequence, _committer.Committed);

    /// <summary>
    /// Survives a killed process when it returns, and a power failure with the next commit. Of entries appended before
    /// this call, that commit holds all. One caller at a time. Throws <see cref="IOException"/>; then the journal is faulted.
    /// </summary>
    public void SaveCursor(CursorState state)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Highest, _committer.Readable, nameof(state));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.DoneBeyond.Length, CursorState.MaxDoneBeyondBytes, nameof(state));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Notes.Length, CursorState.MaxNotesBytes, nameof(state));
        try
        {
            _cursors.Save(state);
        }
        catch (IOException error)
        {
            _writer.Fault(error);
            throw;
        }
    }

    /// <summary>Commits what is pending, makes the cursor durable and frees the folder. A failure on the way is a fault, not a throw.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await Task.Run(Close);
        }
    }

    private Task<JournalPosition> OrderAsync(SealRequest request)
    {
        if (!_queue.TryAdd(request))
        {
            request.Fail(_writer.WhyClosed);
        }

        return request.Done;
    }

    private void Close()
    {
        try
        {
            _writer.Close();
            _keeper.Dispose();
            if (_writer.FaultCause is null)
            {
                _cursors.Sync();
            }
        }
        catch (IOException error)
        {
            _writer.Fault(error);
        }
        finally
        {
            _signal.End(fault: null);
            _cursors.Dispose();
            _segments.Close();
            _stock.Dispose();
            _lock.Dispose();
        }
    }
}
