using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary>Asked by a verb: whether they agree in something.</summary>
/// <param name="nodes">For the verb's time.</param>
/// <param name="targets">Who can be asked.</param>
/// <param name="problems">Why others, or all, cannot.</param>
internal delegate Task<bool> AskNodes(NodeClient nodes, IReadOnlyList<NodeTarget> targets, IReadOnlyList<string> problems);

/// <summary>What the verbs do alike that compare all nodes: flags, connections, who there is, exit status.</summary>
internal static class AllNodes
{
    /// <param name="wrong">What is wrong with the verb's own flags; null where nothing is.</param>
    /// <returns>0 when they agree, 1 when they do not or cannot tell, 2 for wrong usage.</returns>
    public static async Task<int> CompareAsync(FleetFlags flags, string? wrong, AskNodes agree)
    {
        var options = SurveyOptions.From(flags, out var wrongFleet);
        if (options is null || wrong is not null)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong ?? wrongFleet}");
            return Verbs.Misused;
        }

        var (nodes, registry) = options.Clients();
        using (nodes)
        using (registry)
        {
            var (targets, problems) = await new FleetSurvey(options.Nodes, registry, nodes).TargetsAsync(CancellationToken.None);
            return await agree(nodes, targets, problems) ? 0 : 1;
        }
    }
}
