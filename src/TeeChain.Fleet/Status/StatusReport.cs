using System.Text.Json.Serialization;

namespace TeeChain.Fleet.Status;

/// <summary>A whole fleet at one moment, as <c>status</c> shows it.</summary>
/// <param name="Ok">Whether every node answers and is ready, and one takes writes.</param>
/// <param name="Problems">What concerns no node alone.</param>
internal sealed record StatusReport(bool Ok, IReadOnlyList<FleetRow> Nodes, IReadOnlyList<string> Problems)
{
    public static StatusReport From(IReadOnlyList<FleetRow> nodes, IEnumerable<string> problems)
    {
        string[] all =
        [
            .. problems,
            .. nodes.Count == 0 || nodes.Any(node => node.TakesWrites) ? [] : (string[])["No node takes writes."],
            .. nodes.Count(node => node is { Role: "head", TakesWrites: true }) <= 1 ? [] : (string[])["More than one node takes writes as head: these are not one chain."],
        ];
        return new StatusReport(all.Length == 0 && nodes.Count > 0 && nodes.All(node => node.IsFine), nodes, all);
    }
}

/// <summary>How <c>status --json</c> looks: camelCase; what is not known is null.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
