using System.Threading.Tasks.Sources;

namespace TeeChain.Journaling.Writing;

/// <summary>
/// One wait for a commit, reusable once its result was taken; so a reader's wait allocates nothing. Continuations run on
/// the thread pool, never on the writer thread.
/// </summary>
internal sealed class CommitWaiter : IValueTaskSource<bool>, IValueTaskSource<long>
{
    private const long Closed = -1;

    private ManualResetValueTaskSourceCore<long> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    /// <summary>The wait ends with a commit above this sequence.</summary>
    public long Beyond { get; private set; }

    public short Version => _core.Version;

    public void Begin(long beyond)
    {
        Beyond = beyond;
        _core.Reset();
    }

    public void CancelWith(CancellationTokenRegistration registration) => _registration = registration;

    /// <summary>Called once a wait, by whoever took it out of the signal's list.</summary>
    public void Complete(long last) => _core.SetResult(last);

    public void Close() => _core.SetResult(Closed);

    public void Fail(Exception error) => _core.SetException(error);

    bool IValueTaskSource<bool>.GetResult(short token) => Take(token) != Closed;

    long IValueTaskSource<long>.GetResult(short token) =>
        Take(token) is var last && last != Closed ? last : throw new ObjectDisposedException(nameof(Journal));

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private long Take(short token)
    {
        // Waits for a cancellation that is under way, so that it cannot hit this waiter's next wait.
        _registration.Dispose();
        _registration = default;
        return _core.GetResult(token);
    }
}
