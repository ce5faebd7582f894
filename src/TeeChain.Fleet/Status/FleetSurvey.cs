using TeeChain.Fleet.Nodes;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Status;

/// <summary>Finds a fleet's nodes and asks them all, side by side. It only reads.</summary>
/// <param name="given">Nodes by their admin ports; none: those that the registry knows.</param>
/// <param name="registry">Also tells what was counted; null: nobody is asked.</param>
internal sealed class FleetSurvey(IReadOnlyList<NodeTarget> given, RegistryClient? registry, NodeClient nodes)
{
    private static readonly string[] Schemes = ["http://", "https://"];

    /// <summary>An admin port as operators write it: <c>http://host:9500</c>, <c>https://host:9500</c>, <c>host:9500</c>, <c>:9500</c>.</summary>
    public static NodeTarget? Target(string text)
    {
        var scheme = Schemes.FirstOrDefault(one => text.StartsWith(one, StringComparison.OrdinalIgnoreCase));
        var bare = scheme is null ? text : text[scheme.Length..].TrimEnd('/');
        return Address.TryParse(bare, out var address) ? new NodeTarget($"{address}", $"{address}", null) : null;
    }

    /// <summary>Whom the fleet consists of, the head first; with a reason when nobody is known.</summary>
    public async Task<(IReadOnlyList<NodeTarget> Targets, IReadOnlyList<string> Problems)> TargetsAsync(CancellationToken cancellation)
    {
        if (given.Count > 0 || registry is null)
        {
            return (given, []);
        }

        var view = await registry.ViewAsync(cancellation);
        return view.Value is null ? ([], [view.Why!])
            : view.Value.Workers.Count == 0 ? ([], ["The registry knows no nodes."])
            : ([.. view.Value.Workers.Select(worker => new NodeTarget(worker.Name, worker.Admin, worker.State))], view.Value.Problems);
    }

    public async Task<StatusReport> AskAsync(CancellationToken cancellation)
    {
        var (targets, problems) = await TargetsAsync(cancellation);
        var counts = registry is null ? null : (await registry.CountsAsync(cancellation)).Value; // Who counts nothing is no problem.
        var rows = await Task.WhenAll(targets.Select(async target =>
            FleetRow.From(target, await nodes.StatusAsync(target.Admin, cancellation), counts?.GetValueOrDefault(target.Name))));
        return StatusReport.From(rows, problems);
    }
}
