using TeeChain.Protocol.Status;

namespace TeeProxy.Delivery;

/// <summary>
/// Own answers meet the head's, whichever comes first: an own answer waits here until the head's outcome is read, and is
/// remembered in the cursor's notes meanwhile; an outcome waits while the write is still on its way to the application.
/// On the head an own answer waits until its outcome is committed. Thread-safe.
/// </summary>
/// <param name="describe">Method and path of a write.</param>
internal sealed partial class Comparison(
    Guid node, CursorNotes notes, Func<long, (string Method, string Path)> describe, TimeProvider time, ILogger<Comparison> log)
{
    private const int MostListed = 100;

    private readonly Lock _gate = new();

    // Under _gate, so that a snapshot has a divergence either as the two answers to come or counted.
    // Invariant: a row has at most one of the two statuses; the other is 0.
    private readonly Unsettled _rows = From(notes);
    private readonly Queue<Divergence> _recent = new();
    private long _divergences = notes.Divergences;

    public long Divergences => Interlocked.Read(ref _divergences);

    /// <summary>The newest divergences, newest first.</summary>
    public IReadOnlyList<Divergence> Recent
    {
        get
        {
            lock (_gate)
            {
                return [.. _recent.Reverse()];
            }
        }
    }

    /// <summary>How many own answers wait for the head's.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _rows.OwnCount;
            }
        }
    }

    /// <summary>How many divergences there were, and the own answers that still wait, oldest first: as they were at one moment.</summary>
    public (long Divergences, IReadOnlyList<KeyValuePair<long, int>> Unsettled) Snapshot()
    {
        lock (_gate)
        {
            return (_divergences, _rows.Own());
        }
    }

    /// <summary>The write is on its way to the application: an answer of an earlier run does not count, and the head's outcome may wait.</summary>
    public void Begin(long sequence)
    {
        lock (_gate)
        {
            _rows.Put(sequence, own: 0, heads: 0);
        }
    }

    /// <summary>This node's application answered.</summary>
    public void Answered(long sequence, int status)
    {
        int heads;
        lock (_gate)
        {
            _rows.TryGet(sequence, out _, out heads);
            if (heads == 0)
            {
                _rows.Put(sequence, status, heads: 0);
                return;
            }

            Compare(sequence, status, heads);
        }

        List(sequence, status, heads);
    }

    /// <summary>The head's outcome is committed.</summary>
    public void Forget(long sequence)
    {
        lock (_gate)
        {
            _rows.Remove(sequence);
        }
    }

    /// <summary>The head's outcome was read. One of a write that was compared before says nothing new.</summary>
    public void Settle(OutcomeRecord outcome)
    {
        int own;
        lock (_gate)
        {
            if (!_rows.TryGet(outcome.Sequence, out own, out _))
            {
                return;
            }

            if (own == 0)
            {
                _rows.Put(outcome.Sequence, own: 0, outcome.Status);
                return;
            }

            Compare(outcome.Sequence, own, outcome.Status);
        }

        List(outcome.Sequence, own, outcome.Status);
    }

    private static Unsettled From(CursorNotes notes)
    {
        var rows = new Unsettled();
        foreach (var (sequence, own) in notes.Unsettled)
        {
            rows.Put(sequence, own, heads: 0);
        }

        return rows;
    }

    private void Compare(long sequence, int own, int heads)
    {
        _rows.Remove(sequence);
        _divergences += own == heads ? 0 : 1;
    }

    private void List(long sequence, int own, int heads)
    {
        if (own == heads)
        {
            return;
        }

        var (method, path) = describe(sequence);
        LogDivergence(sequence, method, path, own, heads);
        lock (_gate)
        {
            _recent.Enqueue(new Divergence(sequence, method, path, node, own, heads, time.GetUtcNow()));
            if (_recent.Count > MostListed)
            {
                _recent.Dequeue();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Divergence: the application answered write {Sequence} ({Method} {Path}) with {Status}, the head's with {HeadStatus}.", EventName = "diverged")]
    private partial void LogDivergence(long sequence, string method, string path, int status, int headStatus);
}
