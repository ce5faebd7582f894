using TeeChain.Journaling.Cursors;

namespace TeeChain.Journaling.Writing;

/// <summary>
/// The one writer: a thread that turns what is queued into commits, and ends as closed or as faulted. A fault is for
/// good: the batch that was being written is ambiguous, everything behind it was never written.
/// </summary>
internal sealed class JournalWriter
{
    private readonly WriteQueue _queue;
    private readonly Committer _committer;
    private readonly ReceivedIntake _intake;
    private readonly CursorFile _cursors;
    private readonly CommitSignal _signal;
    private readonly Pace _pace;
    private readonly List<IPending> _backlog = [];
    private readonly TaskCompletionSource<Exception> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private Exception? _fault;

    public JournalWriter(WriteQueue queue, Committer committer, ReceivedIntake intake, CursorFile cursors, CommitSignal signal, Pace pace)
    {
        _queue = queue;
        _committer = committer;
        _intake = intake;
        _cursors = cursors;
        _signal = signal;
        _pace = pace;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
    }

    public Task<Exception> Faulted => _faulted.Task;

    public Exception? FaultCause => Volatile.Read(ref _fault);

    public AppendFailure WhyClosed => FaultCause is null ? AppendFailure.Closed : AppendFailure.Faulted;

    public void Start() => _thread.Start();

    /// <summary>Commits what is queued, then ends the thread.</summary>
    public void Close()
    {
        _queue.Close();
        _thread.Join();
    }

    /// <summary>Any thread: nothing is taken any more. What is being synced at this moment may still succeed.</summary>
    public void Fault(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _fault, cause, null) is null)
        {
            _queue.Close();
            _intake.End();
            _signal.End(cause);
            _faulted.TrySetResult(cause);
        }
    }

    private void Run()
    {
        bool isBlocked = false;
        try
        {
            while (_queue.AwaitWork(_backlog.Count == 0 ? null : isBlocked ? SegmentRoller.RetryInterval : TimeSpan.Zero))
            {
                _pace.AwaitTurn();
                isBlocked = !Step();
            }

            while (FaultCause is null && Step() && _backlog.Count > 0)
            {
                _pace.AwaitTurn();
            }

            if (FaultCause is null)
            {
                _committer.Close(_cursors.Current);
            }
        }
        catch (Exception error)
        {
            Fault(error);
        }

        FailTheRest();
    }

    private void FailTheRest()
    {
        _queue.TakeInto(_backlog);
        _intake.End();
        for (int i = 0; i < _backlog.Count; i++)
        {
            try
            {
                (_backlog[i] as AppendRequest)?.OnFailed(i < _committer.InFlight ? AppendFailure.Ambiguous : WhyClosed);
                (_backlog[i] as SealRequest)?.Fail(WhyClosed);
            }
            catch (Exception error)
            {
                Fault(error); // the others must still be told
            }
        }
    }

    private bool Step()
    {
        // Before the queue is taken: an outcome that was appended before the cursor was saved is then in this batch.
        var cursor = _cursors.Current;
        _queue.TakeInto(_backlog);
        bool isDone = _committer.Step(_backlog, cursor);
        _queue.Settle(_backlog);
        return isDone;
    }
}
