using TeeProxy.Chain;

namespace TeeProxy.Acks;

/// <summary>
/// Lets the answers through that the ack level allows: judges anew at every ack (<see cref="RowsChanged"/>) and whenever
/// this node's place in the chain changed. Thread-safe.
/// </summary>
/// <param name="hasNext">Whether a successor is configured now.</param>
internal sealed class LevelGate(AckLevel level, Func<bool> hasNext, Following<Standing> standing, PendingWrites pending)
{
    private readonly Lock _turn = new();
    private volatile IReadOnlyList<RowTable.Row> _rows = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var judged = standing.Current;
        while (true)
        {
            Judge();
            var before = judged;
            judged = await standing.WaitAsync(now => !ReferenceEquals(now.Membership, before.Membership), cancellation);
        }
    }

    /// <summary>Called by the row table after each change, on the stream's thread.</summary>
    public void RowsChanged(IReadOnlyList<RowTable.Row> rows)
    {
        _rows = rows;
        Judge();
    }

    /// <summary>What is known of a write whose answer waits.</summary>
    public string Explain(long sequence) => CountingRule.Explain(Facts, sequence);

    /// <summary>Which node has not applied everything up to <paramref name="sequence"/>, whatever the level; null when every one has.</summary>
    public string? WhyNotEverywhere(long sequence)
    {
        var facts = Facts with { Level = AckLevel.Chain };
        return CountingRule.Reached(facts) >= sequence ? null : CountingRule.WhyNot(facts, sequence);
    }

    private CountingRule.Facts Facts
    {
        get
        {
            var membership = standing.Current.Membership;
            return new(level, hasNext(), [.. membership.Counted], _rows) { Announced = [.. membership.Announced.Select(static node => node.Node)], Removed = membership.Removed };
        }
    }

    private void Judge()
    {
        if (level == AckLevel.Local)
        {
            return;
        }

        lock (_turn) // Else an older judgement could be the last to be told.
        {
            pending.Reach(CountingRule.Reached(Facts));
        }
    }
}
