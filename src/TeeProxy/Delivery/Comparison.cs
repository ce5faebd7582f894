using System.Collections.Concurrent;
using TeeChain.Protocol.Status;

namespace TeeProxy.Delivery;

/// <summary>
/// Own answers meet the head's, however late: an own answer waits here until the local cursor reads the head's outcome,
/// and is remembered in the cursor's notes meanwhile. On the head it waits until its outcome is committed.
/// Written by the local cursor, and by the journal's writer through <see cref="Forget"/>; thread-safe.
/// </summary>
internal sealed class Comparison(Guid node, CursorNotes notes, TimeProvider time)
{
    private const int MostListed = 100;

    private readonly ConcurrentDictionary<long, int> _own = new(notes.Unsettled);
    private readonly Queue<Divergence> _recent = new();
    private long _divergences = notes.Divergences;

    public long Divergences => Interlocked.Read(ref _divergences);

    /// <summary>Own answers that still wait, oldest first.</summary>
    public IReadOnlyList<KeyValuePair<long, int>> Unsettled
    {
        get
        {
            if (_own.IsEmpty)
            {
                return [];
            }

            var rows = _own.ToArray();
            Array.Sort(rows, static (a, b) => a.Key.CompareTo(b.Key));
            return rows;
        }
    }

    /// <summary>The newest divergences, newest first.</summary>
    public IReadOnlyList<Divergence> Recent
    {
        get
        {
            lock (_recent)
            {
                return [.. _recent.Reverse()];
            }
        }
    }

    public void Answered(long sequence, int status) => _own[sequence] = status;

    public void Forget(long sequence) => _own.TryRemove(sequence, out _);

    /// <summary>The head's outcome was read. Returns the divergence if there is one; its method and path are the caller's to find.</summary>
    public Divergence? Settle(OutcomeRecord outcome, Func<long, (string Method, string Path)> describe)
    {
        if (!_own.TryRemove(outcome.Sequence, out var status) || status == outcome.Status)
        {
            return null;
        }

        var (method, path) = describe(outcome.Sequence);
        var divergence = new Divergence(outcome.Sequence, method, path, node, status, outcome.Status, time.GetUtcNow());
        Interlocked.Increment(ref _divergences);
        lock (_recent)
        {
            _recent.Enqueue(divergence);
            if (_recent.Count > MostListed)
            {
                _recent.Dequeue();
            }
        }

        return divergence;
    }
}
