using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary>What <c>status</c> and <c>verify</c> were told about the fleet, checked.</summary>
internal sealed record SurveyOptions(IReadOnlyList<NodeTarget> Nodes, Uri? Registry, ReadOnlyMemory<byte> Secret)
{
    /// <returns>Null, and why, where something is wrong.</returns>
    public static SurveyOptions? From(FleetFlags flags, out string? wrong)
    {
        var nodes = flags.Nodes.Select(text => (text, target: FleetSurvey.Target(text))).ToList();
        var bad = nodes.FirstOrDefault(node => node.target is null).text;
        string? wrongRegistry = null;
        var registry = flags.Registry ?? (nodes.Count == 0 ? RegistryFlag.Default : null);
        var uri = registry is null ? null : RegistryFlag.Parse(registry, out wrongRegistry);
        var secret = SecretFlag.Read(flags.SecretFile, out var wrongSecret);
        wrong = bad is not null ? $"'{bad}' is no admin port; allowed: http://HOST:PORT, HOST:PORT or :PORT" : wrongRegistry ?? wrongSecret;
        return wrong is null ? new SurveyOptions([.. nodes.Select(node => node.target!)], uri, secret) : null;
    }

    /// <summary>Opens connections as they are needed; both are the caller's to dispose.</summary>
    public (NodeClient Nodes, RegistryClient? Registry) Clients() => (new NodeClient(Secret), Registry is null ? null : new RegistryClient(Registry, Secret));
}
