namespace TeeChain.EndToEnd.Harness;

/// <summary>What a node's journal and application hold; equal before and after something that must change nothing.</summary>
internal sealed record Holding(string Node, long LastSequence, string LastCrc, long Applied, long Discarded, string Users)
{
    public static async Task<Holding> OfAsync(TeeProxyNode node, SampleApp app, CancellationToken cancellation)
    {
        var status = await node.StatusAsync(cancellation);
        var state = await app.StateAsync(cancellation);
        return new Holding(node.Name, status.LastSequence, status.LastCrc, state.Applied, state.Discarded, state.Digest);
    }

    public static async Task<IReadOnlyList<Holding>> OfAsync(Fleet fleet, CancellationToken cancellation) =>
        await Task.WhenAll(fleet.Nodes.Zip(fleet.Apps, (node, app) => OfAsync(node, app, cancellation)));

    /// <summary>
    /// Waits until nothing is under way: one epoch, and a write and an outcome for each arrival, on every node. Only for
    /// a chain whose head was at rest whenever it was killed, and whose writes are all of the kinds that the application logs.
    /// </summary>
    public static async Task<IReadOnlyList<Holding>> AtRestAsync(Fleet fleet, CancellationToken cancellation)
    {
        IReadOnlyList<Holding> holdings = [];
        await Eventually.NothingWrongAsync(
            async () =>
            {
                holdings = await OfAsync(fleet, cancellation);
                return holdings.All(holding => holding.Applied == holdings[0].Applied && holding.LastSequence == 1 + (2 * holding.Applied))
                    ? null
                    : string.Join("; ", holdings);
            },
            "the chain is at rest", cancellation);
        await Agreement.SettledAsync(fleet.Nodes, cancellation);
        return holdings;
    }
}
