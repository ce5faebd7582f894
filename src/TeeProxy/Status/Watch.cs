using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Status;

/// <summary>
/// Remembers for people what the rows leave out: what was last heard of nodes that nobody tells of any more, where in the
/// chain they stood, and how fast the application takes writes. Nothing is decided by it. Thread-safe.
/// </summary>
/// <param name="finished">How many writes this node's application has taken.</param>
internal sealed class Watch(ChainMember member, RowTable ahead, RowTable behind, Func<long> finished, TimeProvider time)
{
    /// <summary>For how long a node is remembered that nobody tells of and that does not count.</summary>
    private static readonly TimeSpan Forgetting = TimeSpan.FromMinutes(1);

    private readonly WriteRate _rate = new(time);
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<Guid, RowTable.Row> _seen = [];
    private IReadOnlyList<Guid> _order = [];

    public double WritesPerSecond => _rate.PerSecond();

    /// <summary>One interval's work.</summary>
    public void Step()
    {
        _rate.Note(finished());
        Look();
    }

    /// <summary>Every other node of which anything was heard, and this one, in the order of the chain. This one's own place has no sighting.</summary>
    public IReadOnlyList<(Guid Node, Sighting? Seen)> Look()
    {
        lock (_gate)
        {
            var (before, after) = (Others(ahead), Others(behind));
            foreach (var row in before.Concat(after))
            {
                if (!_seen.TryGetValue(row.Ack.Node, out var known) || row.HeardAt >= known.HeardAt)
                {
                    _seen[row.Ack.Node] = row;
                }
            }

            Guid[] told = [.. before.Select(Node).Append(member.Node).Concat(after.Select(Node)).Distinct()];
            Forget(told);
            _order = OrderRule.Merge([.. _order.Where(node => node == member.Node || _seen.ContainsKey(node))], told);
            return [.. _order.Select(node => (node, node == member.Node ? null : Describe(_seen[node], told.Contains(node))))];
        }
    }

    private Sighting Describe(RowTable.Row row, bool isTold) => new(row.Ack, row.Detail, time.GetElapsedTime(row.HeardAt), isTold);

    private RowTable.Row[] Others(RowTable table) => [.. table.Rows.Where(row => row.Ack.Node != member.Node)];

    private void Forget(Guid[] told)
    {
        var membership = member.Standing.Current.Membership;
        var counted = membership.Others.Select(static node => node.Node).ToHashSet();
        foreach (var (node, row) in _seen)
        {
            if (!told.Contains(node) && !counted.Contains(node) && (membership.Removed.Contains(node) || time.GetElapsedTime(row.HeardAt) > Forgetting))
            {
                _seen.Remove(node);
            }
        }
    }

    private static Guid Node(RowTable.Row row) => row.Ack.Node;
}
