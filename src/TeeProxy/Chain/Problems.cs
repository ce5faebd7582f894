using TeeChain.Protocol.Status;

namespace TeeProxy.Chain;

/// <summary>
/// What keeps nodes apart until somebody acts: kept for <c>/status</c>, one row a (verdict, peer). A row that nobody
/// repeats ends by itself: openings are repeated twice a second, so silence means that the peer went away. Thread-safe,
/// bounded.
/// </summary>
internal sealed class Problems(TimeProvider time)
{
    private const int Most = 50;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly List<Row> _rows = [];

    private sealed record Row(Problem Problem, long Repeated);

    /// <summary>Notes it; true when it is new or its text changed, so that the log says it once.</summary>
    public bool Report(string verdict, string peer, string text)
    {
        lock (_rows)
        {
            Expire();
            var at = _rows.FindIndex(row => row.Problem.Verdict == verdict && row.Problem.Peer == peer);
            var old = at < 0 ? null : _rows[at].Problem;
            if (at >= 0)
            {
                _rows.RemoveAt(at);
            }

            _rows.Insert(0, new Row(new Problem(verdict, peer, text, old?.Since ?? time.GetUtcNow(), (old?.Times ?? 0) + 1), time.GetTimestamp()));
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
            _rows.RemoveAll(row => row.Problem.Peer == peer);
        }
    }

    public IReadOnlyList<Problem> Snapshot()
    {
        lock (_rows)
        {
            Expire();
            return [.. _rows.Select(row => row.Problem)];
        }
    }

    private void Expire() => _rows.RemoveAll(row => time.GetElapsedTime(row.Repeated) > Lifetime);
}
