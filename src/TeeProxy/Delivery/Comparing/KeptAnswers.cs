namespace TeeProxy.Delivery.Comparing;

/// <summary>
/// A node's recent answers, and for longer those that differed from the head's. In memory alone, since they may hold secrets, and
/// bounded. Thread-safe.
/// </summary>
internal sealed class KeptAnswers
{
    /// <summary>What recent answers may hold of memory: of answers with some hundred bytes the last 20,000.</summary>
    private const int MostRecentBytes = 16 << 20;

    /// <summary>As many as the status lists.</summary>
    private const int MostDiverging = 100;

    private readonly Lock _gate = new();

    // Under _gate. Invariant: each queue has the keys of its table, oldest first, and perhaps some that went.
    private readonly Dictionary<long, KeptAnswer> _recent = [];
    private readonly Queue<long> _recentOrder = new();
    private readonly Dictionary<long, KeptAnswer> _diverging = [];
    private readonly Queue<long> _divergingOrder = new();
    private int _recentBytes;

    public void Keep(long sequence, KeptAnswer answer)
    {
        lock (_gate)
        {
            TakeRecent(sequence);
            _recent[sequence] = answer;
            _recentOrder.Enqueue(sequence);
            _recentBytes += answer.HeldBytes;
            while (_recentBytes > MostRecentBytes)
            {
                TakeRecent(_recentOrder.Dequeue());
            }
        }
    }

    /// <summary>That answer differs from the head's: it stays until a hundred others did.</summary>
    public void Diverged(long sequence)
    {
        lock (_gate)
        {
            if (TakeRecent(sequence) is not { } answer)
            {
                return;
            }

            if (_diverging.TryAdd(sequence, answer))
            {
                _divergingOrder.Enqueue(sequence);
            }

            if (_divergingOrder.Count > MostDiverging)
            {
                _diverging.Remove(_divergingOrder.Dequeue());
            }
        }
    }

    /// <summary>Null when it is not kept, or not any more.</summary>
    public KeptAnswer? Of(long sequence)
    {
        lock (_gate)
        {
            return _diverging.GetValueOrDefault(sequence) ?? _recent.GetValueOrDefault(sequence);
        }
    }

    private KeptAnswer? TakeRecent(long sequence)
    {
        if (_recent.Remove(sequence, out var answer))
        {
            _recentBytes -= answer.HeldBytes;
        }

        return answer;
    }
}
