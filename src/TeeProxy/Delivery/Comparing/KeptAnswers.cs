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

    // Under _gate. Invariant: each queue has the keys of its table, oldest first; _recentBytes is what _recent holds.
    private readonly Dictionary<long, KeptAnswer> _recent = [];
    private readonly Queue<long> _recentOrder = new();
    private readonly Dictionary<long, KeptAnswer> _diverging = [];
    private readonly Queue<long> _divergingOrder = new();
    private int _recentBytes;

    public void Keep(long sequence, KeptAnswer answer)
    {
        lock (_gate)
        {
            if (_recent.TryGetValue(sequence, out var before))
            {
                _recentBytes -= before.HeldBytes; // answered again: the write was delivered again
            }
            else
            {
                _recentOrder.Enqueue(sequence);
            }

            _recent[sequence] = answer;
            _recentBytes += answer.HeldBytes;
            while (_recentBytes > MostRecentBytes && _recent.Remove(_recentOrder.Dequeue(), out var oldest))
            {
                _recentBytes -= oldest.HeldBytes;
            }
        }
    }

    /// <summary>That answer differs from the head's: it stays until a hundred others did.</summary>
    public void Diverged(long sequence)
    {
        lock (_gate)
        {
            if (!_recent.TryGetValue(sequence, out var answer))
            {
                return;
            }

            if (!_diverging.ContainsKey(sequence))
            {
                _divergingOrder.Enqueue(sequence);
            }

            _diverging[sequence] = answer;

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
            return _recent.GetValueOrDefault(sequence) ?? _diverging.GetValueOrDefault(sequence);
        }
    }
}
