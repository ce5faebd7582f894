namespace TeeChain.Journaling.Writing;

/// <summary>A request whose caller awaits the commit.</summary>
internal sealed class AwaitedAppend(EntryKind kind, EntryPayload payload, long? epoch) : AppendRequest(kind, payload, lazy: false, epoch)
{
    private readonly TaskCompletionSource<JournalPosition> _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<JournalPosition> Committed => _committed.Task;

    protected internal override void OnSequenced(JournalPosition position)
    {
    }

    protected internal override void OnCommitted() => _committed.TrySetResult(Position);

    protected internal override void OnFailed(AppendFailure failure) => _committed.TrySetException(new JournalAppendException(failure));
}
