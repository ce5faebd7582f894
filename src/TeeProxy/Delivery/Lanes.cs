using System.Runtime.ExceptionServices;

namespace TeeProxy.Delivery;

/// <summary>
/// Runs work side by side: what has the same key one after the other, in the order of <see cref="Start"/>, and at most
/// <paramref name="width"/> at once. After a failure, or once it should stop, nothing begins any more.
/// One caller starts and waits; the work begins on the caller's thread, or where other work ended.
/// </summary>
internal sealed class Lanes(int width) : IDisposable
{
    private readonly CancellationTokenSource _failing = new();
    private readonly Lock _gate = new();

    // Under _gate. Invariant: a lane is here as long as work of it is unfinished; one of them runs, or the lane is due.
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _due = new();
    private int _running;
    private int _unfinished;
    private TaskCompletionSource? _someEnd; // null while nobody waits

    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Cancelled when work has failed; <see cref="IdleAsync"/> throws why.</summary>
    public CancellationToken Failing => _failing.Token;

    public bool IsIdle => Volatile.Read(ref _unfinished) == 0;

    /// <param name="stopping">Work that has not begun when this is set does not begin.</param>
    public void Start(string key, Func<Task> work, CancellationToken stopping)
    {
        Lane? lane;
        lock (_gate)
        {
            _unfinished++;
            if (_lanes.TryGetValue(key, out lane))
            {
                lane.Waiting.Enqueue((work, stopping));
                return;
            }

            _lanes.Add(key, lane = new Lane(key));
            lane.Waiting.Enqueue((work, stopping));
            if (_running == width)
            {
                _due.Enqueue(lane);
                return;
            }

            _running++;
        }

        _ = RunAsync(lane);
    }

    /// <summary>Until nothing is unfinished. Throws at once what work has failed with.</summary>
    public Task IdleAsync() => UntilAsync(static () => false);

    /// <summary>Until it is so, or nothing is unfinished; asked again whenever work has ended. Throws at once what work has failed with.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task end;
            lock (_gate)
            {
                end = (_someEnd ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task; // before the questions, so that no end is missed
            }

            _failure?.Throw();
            if (condition() || IsIdle)
            {
                return;
            }

            await end;
        }
    }

    public void Dispose() => _failing.Dispose();

    /// <summary>Goes from lane to lane for as long as one is due. Never throws: a failure is kept for whoever waits.</summary>
    private async Task RunAsync(Lane? lane)
    {
        for (; lane is not null; lane = End(lane))
        {
            var (work, stopping) = First(lane);
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
        }
    }

    private (Func<Task> Work, CancellationToken Stopping) First(Lane lane)
    {
        lock (_gate)
        {
            return lane.Waiting.Peek();
        }
    }

    /// <summary>The lane's first work has ended. Returns the lane that is due next; null when none is, and this place is free.</summary>
    private Lane? End(Lane lane)
    {
        TaskCompletionSource? someEnd;
        Lane? next;
        lock (_gate)
        {
            _unfinished--;
            lane.Waiting.Dequeue();
            if (lane.Waiting.Count > 0)
            {
                _due.Enqueue(lane); // behind the others: no key takes a place for itself
            }
            else
            {
                _lanes.Remove(lane.Key);
            }

            _running -= _due.TryDequeue(out next) ? 0 : 1;
            (someEnd, _someEnd) = (_someEnd, null);
        }

        someEnd?.SetResult();
        return next;
    }

    /// <summary>The work of one key, in order; the first is the one that runs.</summary>
    private sealed class Lane(string key)
    {
        public string Key => key;

        public Queue<(Func<Task> Work, CancellationToken Stopping)> Waiting { get; } = new(1);
    }
}
