namespace TeeChain.Journaling.Writing;

/// <summary>Seals or unseals the journal at its place in the queue: what stands before it is committed, what stands behind it is judged by it.</summary>
internal sealed class SealRequest(bool isSealing) : IPending
{
    private readonly TaskCompletionSource<JournalPosition> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsSealing => isSealing;

    public Task<JournalPosition> Done => _done.Task;

    public long Bytes => 0;

    public bool IsLazy => false;

    public void Complete(JournalPosition last) => _done.TrySetResult(last);

    public void Fail(AppendFailure failure) => _done.TrySetException(new JournalAppendException(failure));
}
