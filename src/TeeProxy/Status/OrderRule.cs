namespace TeeProxy.Status;

/// <summary>Where nodes that are not heard of stand among those that are. Pure.</summary>
internal static class OrderRule
{
    /// <summary>
    /// <paramref name="now"/>, and what only <paramref name="before"/> has, each behind the node behind which it stood then;
    /// in front where none of those before it is left.
    /// </summary>
    public static IReadOnlyList<Guid> Merge(IReadOnlyList<Guid> before, IReadOnlyList<Guid> now)
    {
        var merged = now.ToList();
        for (var i = 0; i < before.Count; i++)
        {
            if (!merged.Contains(before[i]))
            {
                merged.Insert(i == 0 ? 0 : merged.IndexOf(before[i - 1]) + 1, before[i]);
            }
        }

        return merged;
    }

    /// <summary>A head stands first: what stood before it is not in its chain any more, or not again, and goes to the end.</summary>
    public static IReadOnlyList<Guid> FromHead(IReadOnlyList<Guid> order, Guid? head)
    {
        var at = head is { } first ? order.ToList().IndexOf(first) : -1;
        return at <= 0 ? order : [.. order.Skip(at), .. order.Take(at)];
    }
}
