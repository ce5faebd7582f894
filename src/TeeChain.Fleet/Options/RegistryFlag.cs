namespace TeeChain.Fleet.Options;

/// <summary><c>--registry</c>, as several verbs have it.</summary>
internal static class RegistryFlag
{
    /// <summary>The registry's admin port on this machine.</summary>
    public const string Default = "http://127.0.0.1:9400";

    public const string Help = "The registry's admin port.";

    /// <returns>Null, and why, where it is no address.</returns>
    public static Uri? Parse(string text, out string? wrong)
    {
        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        wrong = isAddress ? null : $"--registry is '{text}'; allowed: a URL such as {Default}";
        return isAddress ? uri : null;
    }
}
