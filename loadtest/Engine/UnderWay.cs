namespace LoadTest.Engine;

/// <summary>Counts the requests that have not come to their end yet. Thread-safe.</summary>
internal sealed class UnderWay
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Of requests, and one more until EndedAsync is called, so that it cannot reach zero before.
    private long _count = 1;

    public async Task FollowAsync(Flow flow, Moment moment)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await flow.SendAsync(moment);
        }
        catch (Exception broken)
        {
            // A flow that breaks its promise not to throw ends the run: else a request would be missing from all counts.
            _ended.TrySetException(broken);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Called once, when no more are started. Fails where a flow threw.</summary>
    public Task EndedAsync()
    {
        Leave();
        return _ended.Task;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _ended.TrySetResult();
        }
    }
}
