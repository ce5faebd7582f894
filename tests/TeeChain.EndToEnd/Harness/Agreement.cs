using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// What every node and application holds once all is quiet, and the promises checked against it: all, in order, once.
/// Failures name the first difference.
/// </summary>
internal sealed class Agreement
{
    private readonly IReadOnlyList<View> _views;
    private readonly long _sequence;

    /// <summary>Whether order was kept for each user only.</summary>
    private bool IsByUser { get; init; }

    private Agreement(IReadOnlyList<View> views, long sequence) => (_views, _sequence) = (views, sequence);

    /// <summary>The applications' logs, in the nodes' order.</summary>
    public IReadOnlyList<AppLog> Logs => [.. _views.Select(view => view.Log)];

    public static Task<Agreement> ReadAsync(Fleet fleet, CancellationToken cancellation, bool isByUser = false) =>
        ReadAsync(fleet.Nodes, fleet.Apps, cancellation, isByUser);

    /// <summary>Waits until every node has applied the same, then reads everything completely.</summary>
    public static async Task<Agreement> ReadAsync(IReadOnlyList<TeeProxyNode> nodes, IReadOnlyList<SampleApp> apps, CancellationToken cancellation, bool isByUser = false)
    {
        var sequence = await SettledAsync(nodes, cancellation);
        var views = new List<View>();
        foreach (var (node, app) in nodes.Zip(apps))
        {
            views.Add(new View(
                node.Name, await app.LogAsync(cancellation), await app.StateAsync(cancellation), await node.StatusAtAsync(sequence, cancellation),
                await node.StatusAsync(cancellation)));
        }

        return new Agreement(views, sequence) { IsByUser = isByUser };
    }

    /// <summary>Waits until all journals end at the same sequence and every application has it.</summary>
    public static async Task<long> SettledAsync(IReadOnlyList<TeeProxyNode> nodes, CancellationToken cancellation)
    {
        long settled = 0;
        await Eventually.NothingWrongAsync(
            async () =>
            {
                var statuses = await Task.WhenAll(nodes.Select(node => node.StatusAsync(cancellation)));
                settled = statuses[0].LastSequence;
                return statuses.All(status => status.LastSequence == settled && status.AppliedSequence == settled)
                    ? null
                    : string.Join("; ", statuses.Select((status, i) => $"{nodes[i].Name} has {status.LastSequence}, applied {status.AppliedSequence}"))
                        + "\n" + string.Join("\n", nodes.Select(node => node.Description));
            },
            "every node has and has applied the same", cancellation);
        return settled;
    }

    /// <summary>All of the promises that can be checked from outside.</summary>
    /// <param name="writes">What the clients know of their writes.</param>
    /// <param name="mostDiscarded">For each node, how many repeats its application may have seen: one for each kill, timeout or broken connection that concerned it.</param>
    public void AssertHolds(IReadOnlyCollection<ClientWrite> writes, IReadOnlyList<int> mostDiscarded)
    {
        foreach (var view in _views)
        {
            AssertOnceInOrder(view.Node, InOrder(view));
            AssertRepeatsAreMarked(view);
            AssertSame(_views[0], view);
        }

        AssertEachHasItsFate(writes);
        foreach (var (view, most) in _views.Zip(mostDiscarded))
        {
            Assert.True(view.Log.Discarded.Count <= most, $"{view.Node}: the application saw {view.Log.Discarded.Count} repeats, {most} at most are explained: {First(view.Log.Discarded)}");
        }
    }

    /// <summary>As they arrived; where order is kept by user only, those of one user after those of the other.</summary>
    private List<AppliedWrite> InOrder(View view) =>
        IsByUser ? [.. view.Log.Applied.OrderBy(write => write.User, StringComparer.Ordinal)] : view.Log.Applied; // OrderBy keeps what is equal as it was

    private void AssertOnceInOrder(string node, List<AppliedWrite> applied)
    {
        for (var i = 0; i < applied.Count; i++)
        {
            var write = applied[i];
            var before = i == 0 || (IsByUser && applied[i - 1].User != write.User) ? null : applied[i - 1];
            Assert.True(write.Sequence is not null, $"{node}: {write} came without a sequence.");
            Assert.True(before is null || before.Sequence < write.Sequence, $"{node}: out of order, or twice: {before}, then {write}.");
        }
    }

    private static void AssertRepeatsAreMarked(View view)
    {
        var unmarked = view.Log.Discarded.Where(write => !write.Marked).ToList();
        Assert.True(unmarked.Count == 0, $"{view.Node}: {unmarked.Count} repeats are not marked: {First(unmarked)}");
    }

    private void AssertSame(View first, View other)
    {
        foreach (var (expected, actual) in InOrder(first).Zip(InOrder(other)))
        {
            Assert.True(
                Essence(expected) == Essence(actual),
                $"{first.Node} and {other.Node} differ first at: {expected} and {actual}.");
        }

        Assert.True(
            first.Log.Applied.Count == other.Log.Applied.Count,
            $"{first.Node} has {first.Log.Applied.Count} writes, {other.Node} {other.Log.Applied.Count}.");
        Assert.True(first.State.Digest == other.State.Digest, $"{first.Node} and {other.Node} have the same log but different users: {first.State} and {other.State}.");
        Assert.True(
            other.At.Available && first.At.RecordCrc == other.At.RecordCrc && first.At.DeliveredDigest == other.At.DeliveredDigest,
            $"{first.Node} and {other.Node} do not agree at {_sequence}: {first.At} and {other.At}.");
        Assert.True(other.Status.Divergences == 0, $"{other.Node} counts {other.Status.Divergences} divergences: {string.Join(", ", other.Status.RecentDivergences.Take(3))}");
    }

    private void AssertEachHasItsFate(IReadOnlyCollection<ClientWrite> writes)
    {
        var arrived = _views[0].Log.Applied.CountBy(write => (write.User, write.Kind)).ToDictionary();
        foreach (var write in writes)
        {
            var times = arrived.GetValueOrDefault((write.User, write.Kind));
            var isKept = write.Fate switch
            {
                Fate.Acknowledged or Fate.Declined => times == 1,
                Fate.Refused => times == 0,
                _ => times <= 1,
            };
            Assert.True(isKept, $"{write} is there {times} times.");
        }
    }

    private static (long? Sequence, Guid? Chain, string User, string Kind, int Status, long Version) Essence(AppliedWrite write) =>
        (write.Sequence, write.Chain, write.User, write.Kind, write.Status, write.Version);

    private static string First<T>(IEnumerable<T> writes) => string.Join(", ", writes.Take(3));

    private sealed record View(string Node, AppLog Log, AppState State, StatusAt At, NodeStatus Status);
}
