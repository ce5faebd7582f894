using TeeChain.Fleet.Options;
using TeeChain.Fleet.Statistics;
using TeeChain.Fleet.Strategies;
using TeeChain.Protocol;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Gateway;

/// <summary>What <c>teechain gateway</c> is to do: its flags, checked before anything starts.</summary>
/// <param name="Registry">Its admin port and its folder; null where the registry is elsewhere.</param>
/// <param name="RegistryUrl">Where the registry is elsewhere.</param>
/// <param name="Tls">What front door and registry show; null: they speak without TLS.</param>
internal sealed record GatewayPlan(
    GatewayOptions Options, GatewayPlan.OwnRegistry? Registry, Uri? RegistryUrl, bool HasOwnPaths, string? StatsDb, ReadOnlyMemory<byte> Secret, Credentials? Tls, bool HasJsonLog)
{
    internal sealed record OwnRegistry(Address Listen, string Folder);

    /// <returns>Null, and one line that says what is wrong and what is allowed.</returns>
    public static GatewayPlan? Of(GatewayFlags flags, Func<string, string?> environment, out string? wrong)
    {
        wrong = Wrong(flags);
        var secret = SecretFlag.Read(flags.SecretFile, out var wrongSecret);
        var wire = TlsCaFlag.Read(flags.TlsCa, out var wrongCa);
        var tls = TlsCertFlags.Read(flags.TlsCert, flags.TlsKey, out var wrongCert);
        wrong ??= wrongSecret ?? wrongCa ?? wrongCert;
        return wrong is not null ? null : new GatewayPlan(
            new GatewayOptions
            {
                Listen = Address.Parse(flags.Listen),
                Policy = Strategy.PolicyOf(flags.Strategy)!,
                HealthInterval = HealthIntervalFlag.Parse(flags.HealthInterval, out _)!.Value,
                WriteMethods = Methods(flags.TeeMethods),
                Wire = wire,
            },
            flags.Registry ? new OwnRegistry(Address.Parse(flags.RegistryListen), Path.GetFullPath(flags.Data ?? environment("STATE_DIRECTORY") ?? "data/registry")) : null,
            flags.RegistryUrl is { } url ? RegistryFlag.Parse(url, out _) : null,
            flags.RegistryPaths == "on",
            flags.StatsDb is { } file ? Path.GetFullPath(file) : null,
            secret,
            tls,
            LogFlag.IsJson(flags.Log, out _));
    }

    private static string? Wrong(GatewayFlags flags) =>
        !Address.TryParse(flags.Listen, out _) ? $"--listen is \"{flags.Listen}\"; allowed: :9080 (this machine), host:port or [::1]:port"
        : !Address.TryParse(flags.RegistryListen, out _) ? $"--registry-listen is \"{flags.RegistryListen}\"; allowed: :9400 (this machine), host:port or [::1]:port"
        : flags.Registry == (flags.RegistryUrl is not null) ? $"one of --registry (the registry is here) and --registry-url URL (it is there, such as {RegistryFlag.Default}) is needed"
        : flags.RegistryUrl is { } url && RegistryFlag.Parse(url, out _) is null ? $"--registry-url is \"{url}\"; allowed: a URL such as {RegistryFlag.Default}"
        : flags.Registry && flags.SecretFile is null ? "--registry needs --secret-file: announcements are signed with it; make one with: (umask 077; head -c 32 /dev/urandom | base64 > secret)"
        : flags.Data is not null && !flags.Registry ? "--data is the registry's folder; it belongs to --registry"
        : flags.RegistryPaths is not ("on" or "off") ? $"--registry-paths is \"{flags.RegistryPaths}\"; allowed: on, off"
        : Strategy.PolicyOf(flags.Strategy) is null ? $"--strategy is \"{flags.Strategy}\"; allowed: {string.Join(", ", Strategy.Names)}"
        : HealthIntervalFlag.Parse(flags.HealthInterval, out var wrongInterval) is null ? wrongInterval
        : flags.StatsDb is { } file && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))) ? $"--stats-db is \"{file}\", whose folder is not there; allowed: a file in a folder that is"
        : flags.StatsDb is not null && !SqliteLibrary.TryLoad() ? $"--stats-db needs SQLite's native library, and libe_sqlite3.so is missing in {AppContext.BaseDirectory} or not for this machine: put it beside teechain, or leave --stats-db out"
        : Methods(flags.TeeMethods) is { Count: 0 } || !Methods(flags.TeeMethods).All(IsMethod)
            ? $"--tee-methods is \"{flags.TeeMethods}\"; allowed: methods with commas between, such as POST,PUT, and not CONNECT"
        : LogFlag.IsJson(flags.Log, out var wrongLog) ? null : wrongLog;

    private static IReadOnlyList<string> Methods(string list) =>
        [.. list.ToUpperInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private static bool IsMethod(string method) => method != "CONNECT" && method.All(static letter => char.IsAsciiLetter(letter) || letter is '-' or '_');
}
