namespace TeeChain.Fleet.Up;

/// <summary>What to do next so that there are as many workers as are wanted. Pure.</summary>
internal static class ScaleRule
{
    /// <param name="Place">Who joins or leaves.</param>
    /// <param name="IsNew">Whether it begins with nothing; else it was begun before, by this process or one that died.</param>
    internal sealed record Step(Phase Phase, Place Place, bool IsNew = false);

    /// <param name="order">The names of the chain, the head first: the last of ours leaves.</param>
    /// <param name="free">Of a newcomer.</param>
    /// <returns>Null when there is nothing to do.</returns>
    public static Step? Next(Roll roll, IReadOnlyList<string> order, Place free)
    {
        if (roll.Workers.FirstOrDefault(line => line.Phase == Phase.Leaving) is { } leaving)
        {
            return new(Phase.Leaving, leaving.Place);
        }

        var joining = roll.Workers.FirstOrDefault(line => line.Phase == Phase.Joining);
        if (roll.Workers.Count > roll.Wanted)
        {
            return new(Phase.Leaving, (joining ?? roll.Workers.MaxBy(line => Rank(order, line.Name))!).Place);
        }

        return joining is not null ? new(Phase.Joining, joining.Place)
            : roll.Workers.Count < roll.Wanted ? new(Phase.Joining, free, IsNew: true)
            : null;
    }

    // Who is in no order yet is behind all that are.
    private static int Rank(IReadOnlyList<string> order, string name)
    {
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i] == name)
            {
                return i;
            }
        }

        return int.MaxValue;
    }
}
