using System.Globalization;
using LoadTest.Requests;

namespace LoadTest.Checks;

/// <summary>
/// Whether every node's application has every acknowledged write once, in the same order. Pure. What was not acknowledged may be there
/// or not, once, in the same order too.
/// </summary>
internal static class WriteRule
{
    /// <param name="unknown">How many writes may have been applied although nobody said so.</param>
    /// <param name="isOrderedByUser">Whether the order is promised for each user only.</param>
    /// <returns>What is wrong, a line each, with the first write of each kind.</returns>
    public static IReadOnlyList<string> Problems(IReadOnlyCollection<AcceptedWrite> acknowledged, int unknown, IReadOnlyList<NodeLog> nodes, bool isOrderedByUser) =>
    [
        .. nodes.SelectMany(node => (string?[])[Lost(acknowledged, node), Doubled(node), Invented(acknowledged, unknown, node)]).OfType<string>(),
        .. nodes.Skip(1).Select(node => Disordered(nodes[0], node, isOrderedByUser)).OfType<string>(),
    ];

    private static string? Lost(IReadOnlyCollection<AcceptedWrite> acknowledged, NodeLog node)
    {
        var has = node.Applied.Select(applied => applied.Write).ToHashSet();
        return Count("lost", acknowledged.Where(write => !has.Contains(write)), count => $"{node.Name} lacks {count} of {acknowledged.Count} acknowledged writes");
    }

    private static string? Doubled(NodeLog node)
    {
        var (writes, sequences) = (new HashSet<AcceptedWrite>(), new HashSet<long>());
        return Count(
            "doubled",
            node.Applied.Where(applied => !writes.Add(applied.Write) | (applied.Sequence is { } sequence && !sequences.Add(sequence))).Select(applied => applied.Write),
            count => $"{node.Name} applied {count} writes more than once");
    }

    // A write that is applied twice under another name, such as a user's next version, is one that nobody was told of.
    private static string? Invented(IReadOnlyCollection<AcceptedWrite> acknowledged, int unknown, NodeLog node)
    {
        var told = acknowledged.ToHashSet();
        var untold = node.Applied.Select(applied => applied.Write).Where(write => !told.Contains(write)).ToHashSet();
        return untold.Count <= unknown ? null : Count("too many", untold, count => $"{node.Name} applied {count} writes that were not acknowledged, though only {unknown} ended without a clear answer");
    }

    private static string? Disordered(NodeLog first, NodeLog other, bool isOrderedByUser)
    {
        var (mine, others) = (first.Applied.Select(applied => applied.Write).ToHashSet(), other.Applied.Select(applied => applied.Write).ToHashSet());
        var left = first.Applied.Select(applied => applied.Write).Where(others.Contains).Distinct();
        var right = other.Applied.Select(applied => applied.Write).Where(mine.Contains).Distinct();
        if (isOrderedByUser)
        {
            // A stable sort: within a user the order stays.
            (left, right) = (left.OrderBy(write => write.User, StringComparer.Ordinal), right.OrderBy(write => write.User, StringComparer.Ordinal));
        }

        var difference = left.Zip(right).Cast<(AcceptedWrite Left, AcceptedWrite Right)?>().FirstOrDefault(pair => pair!.Value.Left != pair.Value.Right);
        return difference is not { } at ? null : $"disordered: {other.Name} applied {at.Right} where {first.Name} applied {at.Left}";
    }

    private static string? Count(string what, IEnumerable<AcceptedWrite> writes, Func<string, string> says)
    {
        var all = writes.ToArray();
        return all.Length == 0 ? null : $"{what}: {says(all.Length.ToString(CultureInfo.InvariantCulture))}; the first: {all[0]}";
    }
}
