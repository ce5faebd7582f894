using TeeChain.Journaling;

namespace TeeProxy.Acks;

/// <summary>
/// One client's write on its way: handed to the journal by ingress, found again by its sequence when the application
/// has answered. Ingress awaits <see cref="Completion"/>; everybody else calls <see cref="TryComplete"/>.
/// </summary>
internal sealed class PendingWrite : AppendRequest
{
    private readonly PendingWrites _table;
    private readonly TaskCompletionSource<WriteResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;

    /// <summary>From here on it is entering, until the journal has decided or it is withdrawn.</summary>
    public PendingWrite(PendingWrites table, EntryPayload payload)
        : base(EntryKind.Write, payload)
    {
        _table = table;
        table.Enter();
    }

    /// <summary>Completes once; never faults.</summary>
    public Task<WriteResult> Completion => _completion.Task;

    /// <summary>Its sequence; 0 while the journal has not given it one.</summary>
    public long Sequence => Volatile.Read(ref _sequence);

    /// <summary>Where somebody asks when it was committed; else null, and nobody looks at a clock.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>When it was on the disk, once it has a sequence and where there is a <see cref="Clock"/>.</summary>
    public DateTimeOffset Committed { get; private set; }

    /// <summary>The application's answer, from when it is here. Written once, by <see cref="PendingWrites"/>, which owns its body until it is told.</summary>
    public Answer? Answer { get; set; }

    /// <summary>Whether the journal has refused it for this reason.</summary>
    public bool HasFound(AppendFailure failure) => _completion.Task is { IsCompletedSuccessfully: true, Result: WriteResult.Unrecorded unrecorded } && unrecorded.Failure == failure;

    /// <summary>False when somebody else was first.</summary>
    public bool TryComplete(WriteResult result) => _completion.TrySetResult(result);

    /// <summary>Gives <see cref="Answer"/> to who waits; its body is disposed when nobody does. Called once, by whoever took the write out of the table.</summary>
    public void TellAnswer()
    {
        if (!TryComplete(new WriteResult.Answered(Sequence, Answer!)))
        {
            Answer!.Body.Dispose();
        }
    }

    /// <summary>It is not appended after all.</summary>
    public void Withdraw() => _table.Entered();

    /// <inheritdoc/>
    protected override void OnSequenced(JournalPosition position)
    {
        if (Clock is not null)
        {
            Committed = Clock.GetUtcNow(); // before the sequence, by which others see that it is there
        }

        Volatile.Write(ref _sequence, position.Sequence);
        _table.Add(this);
    }

    /// <inheritdoc/>
    protected override void OnCommitted() => _table.Entered();

    /// <inheritdoc/>
    protected override void OnFailed(AppendFailure failure)
    {
        _table.Entered();
        _table.Forget(this);
        TryComplete(new WriteResult.Unrecorded(failure));
    }
}
