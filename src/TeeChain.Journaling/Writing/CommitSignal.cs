namespace TeeChain.Journaling.Writing;

/// <summary>Tells readers and acknowledgements what is committed. The writer publishes; any thread waits.</summary>
internal sealed class CommitSignal
{
    private readonly Lock _gate = new();
    private readonly List<CommitWaiter> _waiters = [];
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
                    waiter.Complete(last);
                }
                else
                {
                    _waiters[kept++] = waiter;
                }
            }

            _waiters.RemoveRange(kept, _waiters.Count - kept);
        }
    }

    /// <summary>Ends every wait, now and later: with the fault, or as closed where there is none.</summary>
    public void End(Exception? fault)
    {
        lock (_gate)
        {
            _isClosed |= fault is null;
            _fault ??= fault;
            foreach (var waiter in _waiters)
            {
                EndOne(waiter);
            }

            _waiters.Clear();
        }
    }

    /// <summary>Begins a wait on <paramref name="waiter"/>, whose earlier wait must be over and its result taken.</summary>
    public void Begin(CommitWaiter waiter, long beyond, CancellationToken cancellation)
    {
        lock (_gate)
        {
            waiter.Begin(beyond);
            if (beyond < _last)
            {
                waiter.Complete(_last);
                return;
            }

            if (_isClosed || _fault is not null)
            {
                EndOne(waiter);
                return;
            }

            _waiters.Add(waiter);
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

    private void Cancel(CommitWaiter waiter, CancellationToken token)
    {
        lock (_gate)
        {
            if (_waiters.Remove(waiter))
            {
                waiter.Fail(new OperationCanceledException(token));
            }
        }
    }

    private void EndOne(CommitWaiter waiter)
    {
        if (_fault is not null)
        {
            waiter.Fail(new JournalFaultedException(_fault));
        }
        else
        {
            waiter.Close();
        }
    }
}
