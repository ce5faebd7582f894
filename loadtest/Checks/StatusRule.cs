using TeeChain.Protocol.Status;

namespace LoadTest.Checks;

/// <summary>A node after the run; what could not be asked is null.</summary>
/// <param name="At">What it holds and delivered up to the record that all have applied.</param>
/// <param name="Why">Why something is null.</param>
internal sealed record NodeAfter(NodeBefore Before, NodeStatus? Status, StatusAt? At, string? Why);

/// <summary>What the nodes' own words say against them. Pure.</summary>
internal static class StatusRule
{
    /// <param name="common">The record that all have applied.</param>
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

    private static IEnumerable<string?> ProblemsOf(NodeAfter node, NodeAfter? first, long common)
    {
        var name = node.Before.Name;
        if (node.Status is not { } status || node.At is not { } at)
        {
            yield return $"unknown: {node.Why}";
            yield break;
        }

        yield return status.Divergences > node.Before.Divergences ? $"diverged: {name}'s application answered {status.Divergences - node.Before.Divergences} writes otherwise than the head's" : null;
        yield return status.Parked > node.Before.Parked ? $"parked: {name} set {status.Parked - node.Before.Parked} writes aside" : null;
        yield return !at.Available ? $"unknown: {name} does not tell what it holds at record {common}: {at.Why}" : null;
        yield return at.Available && first?.At is { } other && (at.RecordCrc != other.RecordCrc || at.DeliveredDigest != other.DeliveredDigest)
            ? $"disagreement: up to record {common}, {name} {(at.RecordCrc == other.RecordCrc ? "delivered" : "holds")} otherwise than {first.Before.Name}"
            : null;
    }
}
