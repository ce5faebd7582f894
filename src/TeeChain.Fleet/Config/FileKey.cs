using YamlDotNet.RepresentationModel;

namespace TeeChain.Fleet.Config;

/// <summary>A key of the file.</summary>
/// <param name="Allowed">What stands after it, for people.</param>
/// <param name="Read">Puts the value into the record; null when it is not allowed.</param>
internal sealed record FileKey<T>(string Name, string Allowed, Func<T, YamlNode, T?> Read)
    where T : class
{
    /// <summary>The configured balancer's word for it.</summary>
    public string? Alias { get; init; }

    public bool IsCalled(string name) => name == Name || name == Alias;
}
