using TeeChain.Journaling;

namespace TeeProxy.Acks;

/// <summary>
/// One client's write on its way: handed to the journal by ingress, found again by its sequence when the application
/// has answered. Ingress awaits <see cref="Completion"/>; everybody else calls <see cref="TryComplete"/>.
/// </summary>
internal sealed class PendingWrite(PendingWrites table, EntryPayload payload) : AppendRequest(EntryKind.Write, payload)
{
    private readonly TaskCompletionSource<WriteResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;

    /// <summary>Completes once; never faults.</summary>
    public Task<WriteResult> Completion => _completion.Task;

    /// <summary>Its sequence; 0 while the journal has not given it one.</summary>
    public long Sequence => Volatile.Read(ref _sequence);

    /// <summary>False when somebody else was first; an answer then stays the caller's to dispose.</summary>
    public bool TryComplete(WriteResult result) => _completion.TrySetResult(result);

    /// <inheritdoc/>
    protected override void OnSequenced(JournalPosition position)
    {
        Volatile.Write(ref _sequence, position.Sequence);
        table.Add(this);
    }

    /// <inheritdoc/>
    protected override void OnFailed(AppendFailure failure)
    {
        table.Forget(this);
        TryComplete(new WriteResult.Unrecorded(failure));
    }
}
