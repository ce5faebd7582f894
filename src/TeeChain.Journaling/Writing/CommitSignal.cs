namespace TeeChain.Journaling.Writing;

/// <summary>Tells readers and acknowledgements what is committed. The writer publishes; any thread waits.</summary>
/// <param name="resume">Has those who waited go on, somewhere else than on the writer's thread.</param>
internal sealed class CommitSignal(Action<IThreadPoolWorkItem> resume)
{
    private readonly Lock _gate = new();
    private readonly List<CommitWaiter> _waiters = [];
    private readonly List<CommitWaiter> _due = []; // the writer's alone, and empty but while it publishes
    private long _last;
    private bool _isClosed;
    private Exception? _fault;

    public void Publish(long last)
    {
        lock (_gate)
        {
            _last = last;
            int kept = 0;
            for (int i = 0; i < _waiters.Count; i++)
            {
                var waiter = _waiters[i];
                if (waiter.Beyond < last)
                {
                    waiter.Reached(last);
                    _due.Insert(waiter.GoesFirst ? 0 : _due.Count, waiter);
                }
                else
                {
                    _waiters[kept++] = waiter;
                }
            }

            _waiters.RemoveRange(kept, _waiters.Count - kept);
        }

        // Outside the gate: who goes on at once would only wait for it.
        foreach (var waiter in _due)
        {
            resume(waiter);
        }

        _due.Clear();
    }

    /// <summary>Ends every wait, now and later: with the fault, or as closed where there is none.</summary>
    public void End(Exception? fault)
    {
        CommitWaiter[] ended;
        lock (_gate)
        {
            _isClosed |= fault is null;
            _fault ??= fault;
            ended = [.. _waiters];
            _waiters.Clear();
            foreach (var waiter in ended)
            {
                EndOne(waiter);
            }
        }

        foreach (var waiter in ended)
        {
            resume(waiter);
        }
    }

    /// <summary>Begins a wait on <paramref name="waiter"/>, whose earlier wait must be over and its result taken.</summary>
    public void Begin(CommitWaiter waiter, long beyond, CancellationToken cancellation)
    {
        waiter.Begin(beyond);
        if (IsOver(waiter))
        {
            waiter.Execute(); // nobody awaits it yet
            return;
        }

        if (cancellation.CanBeCanceled)
        {
            waiter.CancelWith(cancellation.UnsafeRegister(
                static (state, token) =>
                {
                    var (signal, waiter) = ((CommitSignal, CommitWaiter))state!;
                    signal.Cancel(waiter, token);
                },
                (this, waiter)));
        }
    }

    /// <summary>Whether there is nothing to wait for; else it is waited for from now on.</summary>
    private bool IsOver(CommitWaiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Beyond < _last)
            {
                waiter.Reached(_last);
                return true;
            }

            if (_isClosed || _fault is not null)
            {
                EndOne(waiter);
                return true;
            }

            _waiters.Add(waiter);
            return false;
        }
    }

    private void Cancel(CommitWaiter waiter, CancellationToken token)
    {
        lock (_gate)
        {
            if (!_waiters.Remove(waiter))
            {
                return;
            }
        }

        waiter.Failed(new OperationCanceledException(token));
        resume(waiter);
    }

    private void EndOne(CommitWaiter waiter)
    {
        if (_fault is not null)
        {
            waiter.Failed(new JournalFaultedException(_fault));
        }
        else
        {
            waiter.Closed();
        }
    }
}
