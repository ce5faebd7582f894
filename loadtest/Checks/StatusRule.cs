using TeeChain.Protocol.Status;

namespace LoadTest.Checks;

/// <summary>A node after the run; what could not be asked is null.</summary>
/// <param name="At">What it holds and delivered up to the record that all have applied.</param>
/// <param name="Why">Why something is null.</param>
internal sealed record NodeAfter(NodeBefore Before, NodeStatus? Status, StatusAt? At, string? Why);

/// <summary>What the nodes' own words say against them. Pure.</summary>
internal static class StatusRule
{
    /// <param name="common">The record that all who answer have applied.</param>
    /// <param name="acknowledged">How many writes clients were told of: the chain must have grown by as many records.</param>
    public static IReadOnlyList<string> Problems(long common, IReadOnlyList<NodeAfter> nodes, int acknowledged)
    {
        var first = nodes.FirstOrDefault(node => node.At is { Available: true });
        var grown = nodes.Max(node => node.Status?.LastSequence ?? 0) - nodes.Max(node => node.Before.LastSequence);
        string?[] all =
        [
            grown < acknowledged ? $"lost: the chain grew by {grown} records, but {acknowledged} writes were acknowledged" : null,
            .. nodes.SelectMany(node => ProblemsOf(node, first, common)),
        ];
        return [.. all.OfType<string>()];
    }

    private static IEnumerable<string?> ProblemsOf(NodeAfter node, NodeAfter? first, long common) =>
        node is { Status: { } status, At: { } at } ? ProblemsOf(node.Before, status, at, first, common) : [$"unknown: {node.Why}"];

    private static IEnumerable<string?> ProblemsOf(NodeBefore before, NodeStatus status, StatusAt at, NodeAfter? first, long common) =>
    [
        status.Divergences > before.Divergences ? $"diverged: {before.Name}'s application answered {status.Divergences - before.Divergences} writes otherwise than the head's" : null,
        status.Parked > before.Parked ? $"parked: {before.Name} set {status.Parked - before.Parked} writes aside" : null,
        !at.Available ? $"unknown: {before.Name} does not tell what it holds at record {common}: {at.Why}" : null,
        at.Available && first?.At is { } other && (at.RecordCrc != other.RecordCrc || at.DeliveredDigest != other.DeliveredDigest)
            ? $"disagreement: up to record {common}, {before.Name} {(at.RecordCrc == other.RecordCrc ? "delivered" : "holds")} otherwise than {first.Before.Name}"
            : null,
    ];
}
