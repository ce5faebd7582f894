using System.Runtime.ExceptionServices;

namespace TeeProxy.Delivery;

/// <summary>
/// Runs work side by side: what has the same key one after the other, in the order of <see cref="Start"/>, and at most
/// <paramref name="width"/> at once. After a failure, or once it should stop, nothing begins any more.
/// One caller starts and waits; the work runs on any thread.
/// </summary>
internal sealed class Lanes(int width) : IDisposable
{
    private readonly SemaphoreSlim _free = new(width, width);
    private readonly CancellationTokenSource _failing = new();
    private readonly Lock _gate = new();

    // Under _gate. Invariant: a key is here as long as work of it is unfinished, with the end of its last.
    private readonly Dictionary<string, Task> _last = new(StringComparer.Ordinal);
    private int _unfinished;

    private volatile TaskCompletionSource _someEnd = NewEnd();
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Cancelled when work has failed; <see cref="IdleAsync"/> throws why.</summary>
    public CancellationToken Failing => _failing.Token;

    public bool IsIdle => Volatile.Read(ref _unfinished) == 0;

    /// <param name="stopping">Work that has not begun when this is set does not begin.</param>
    public void Start(string key, Func<Task> work, CancellationToken stopping)
    {
        var end = NewEnd();
        Task before;
        lock (_gate)
        {
            before = _last.GetValueOrDefault(key, Task.CompletedTask);
            _last[key] = end.Task;
            _unfinished++;
        }

        _ = RunAsync(key, before, work, end, stopping);
    }

    /// <summary>Until nothing is unfinished. Throws at once what work has failed with.</summary>
    public Task IdleAsync() => UntilAsync(static () => false);

    /// <summary>Until it is so, or nothing is unfinished; asked again whenever work has ended. Throws at once what work has failed with.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            var end = _someEnd.Task; // before the questions, so that no end is missed
            _failure?.Throw();
            if (condition() || IsIdle)
            {
                return;
            }

            await end;
        }
    }

    public void Dispose()
    {
        _free.Dispose();
        _failing.Dispose();
    }

    /// <summary>Never throws: a failure is kept for whoever waits.</summary>
    private async Task RunAsync(string key, Task before, Func<Task> work, TaskCompletionSource end, CancellationToken stopping)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _free.WaitAsync(CancellationToken.None);
        try
        {
            if (_failure is null && !stopping.IsCancellationRequested)
            {
                await work();
            }
        }
        catch (Exception e)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
            await _failing.CancelAsync();
        }
        finally
        {
            _free.Release();
            End(key, end);
        }
    }

    private void End(string key, TaskCompletionSource end)
    {
        lock (_gate)
        {
            _unfinished--;
            if (_last[key] == end.Task)
            {
                _last.Remove(key);
            }
        }

        end.SetResult();
        Interlocked.Exchange(ref _someEnd!, NewEnd()).SetResult();
    }

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
