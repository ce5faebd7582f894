using System.Threading.Tasks.Sources;

namespace TeeChain.Journaling.Writing;

/// <summary>
/// One wait for a commit, reusable once its result was taken; so a reader's wait allocates nothing. It is told its outcome
/// once a wait, by whoever took it out of the signal's list; who waits goes on where it is executed after that.
/// </summary>
/// <param name="goesFirst">Before the others that the same commit wakes.</param>
internal sealed class CommitWaiter(bool goesFirst = false) : IValueTaskSource<bool>, IValueTaskSource<long>, IThreadPoolWorkItem
{
    private const long IsClosed = -1;

    private ManualResetValueTaskSourceCore<long> _core;
    private CancellationTokenRegistration _registration;
    private long _outcome;
    private Exception? _failure;

    public bool GoesFirst => goesFirst;

    /// <summary>The wait ends with a commit above this sequence.</summary>
    public long Beyond { get; private set; }

    public short Version => _core.Version;

    public void Begin(long beyond)
    {
        Beyond = beyond;
        _failure = null;
        _core.Reset();
    }

    public void CancelWith(CancellationTokenRegistration registration) => _registration = registration;

    public void Reached(long last) => _outcome = last;

    public void Closed() => _outcome = IsClosed;

    public void Failed(Exception failure) => _failure = failure;

    /// <summary>Who waits goes on, here.</summary>
    public void Execute()
    {
        if (_failure is { } failure)
        {
            _core.SetException(failure);
        }
        else
        {
            _core.SetResult(_outcome);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => Take(token) != IsClosed;

    long IValueTaskSource<long>.GetResult(short token) =>
        Take(token) is var last && last != IsClosed ? last : throw new ObjectDisposedException(nameof(Journal));

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
