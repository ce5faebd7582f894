using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Status;

/// <summary>What <c>status</c> and <c>verify</c> were told about the fleet, checked.</summary>
internal sealed record SurveyOptions(IReadOnlyList<NodeTarget> Nodes, Uri? Registry, ReadOnlyMemory<byte> Secret, NodeWire Wire)
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
        var wire = TlsCaFlag.Read(flags.TlsCa, out var wrongCa);
        if (flags.TlsCa is null && nodes.Any(static node => Says(node.text, Uri.UriSchemeHttps)))
        {
            wire = new NodeWire(Authorities.OfMachine);
        }

        var plain = wire.IsSecure ? nodes.FirstOrDefault(static node => Says(node.text, Uri.UriSchemeHttp)).text : null;
        wrong = bad is not null ? $"'{bad}' is no admin port; allowed: https://HOST:PORT, http://HOST:PORT, HOST:PORT or :PORT"
            : wrongRegistry ?? wrongSecret ?? wrongCa ?? (plain is not null ? $"'{plain}' is without TLS and others are with it: allowed are all or none" : null);
        return wrong is null ? new SurveyOptions([.. nodes.Select(node => node.target!)], uri, secret, wire) : null;
    }

    /// <summary>Opens connections as they are needed; both are the caller's to dispose.</summary>
    public (NodeClient Nodes, RegistryClient? Registry) Clients() =>
        (new NodeClient(Secret, wire: Wire), Registry is null ? null : new RegistryClient(Registry, Secret, Wire));

    private static bool Says(string text, string scheme) => text.StartsWith($"{scheme}://", StringComparison.OrdinalIgnoreCase);
}
