using TeeChain.Protocol.Status;

namespace TeeProxy.Chain;

/// <summary>What keeps nodes apart until somebody acts: kept for <c>/status</c>, one row a (verdict, peer). Thread-safe, bounded.</summary>
internal sealed class Problems(TimeProvider time)
{
    private const int Most = 50;

    private readonly List<Problem> _rows = [];

    /// <summary>Notes it; true when it is new or its text changed, so that the log says it once.</summary>
    public bool Report(string verdict, string peer, string text)
    {
        lock (_rows)
        {
            var at = _rows.FindIndex(row => row.Verdict == verdict && row.Peer == peer);
            var old = at < 0 ? null : _rows[at];
            if (at >= 0)
            {
                _rows.RemoveAt(at);
            }

            _rows.Insert(0, new Problem(verdict, peer, text, old?.Since ?? time.GetUtcNow(), (old?.Times ?? 0) + 1));
            if (_rows.Count > Most)
            {
                _rows.RemoveAt(Most);
            }

            return old?.Text != text;
        }
    }

    /// <summary>The peer is in order again: what was said of it is gone.</summary>
    public void Clear(string peer)
    {
        lock (_rows)
        {
            _rows.RemoveAll(row => row.Peer == peer);
        }
    }

    public IReadOnlyList<Problem> Snapshot()
    {
        lock (_rows)
        {
            return [.. _rows];
        }
    }
}
