using System.Diagnostics;
using System.Security.Cryptography;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// One HAProxy of <c>up</c>: writes and checks its configuration and says how to run it. Whoever runs it prepares it again before each
/// start, so that it begins with the servers of that moment; from then on a <see cref="HaproxyKeeper"/> at <see cref="Socket"/> follows.
/// </summary>
/// <param name="program">Of <see cref="Find"/>.</param>
/// <param name="folder">Of this fleet; holds this front door's files under <paramref name="name"/>.</param>
internal sealed class HaproxyFront(string program, string folder, string name, string httpBind, StatsPage stats, string? registry, BundledConfiguration bundled, HostNames names)
{
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(10);

    /// <summary>Of the Runtime API.</summary>
    public string Socket { get; } = Path.Combine(Path.GetFullPath(folder), $"{name}.sock");

    public string Configuration { get; } = Path.Combine(Path.GetFullPath(folder), $"{name}.cfg");

    /// <summary>HAProxy's program in the given <c>PATH</c>; null where it is not installed.</summary>
    public static string? Find(string? path) =>
        (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(one => Path.Combine(one, "haproxy")).FirstOrDefault(File.Exists);

    /// <summary>Writes the configuration and has HAProxy check it.</summary>
    /// <param name="view">As known now; an empty one is right too.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public async Task<FrontCommand> PrepareAsync(FleetView view, CancellationToken cancellation)
    {
        var settings = new FrontSettings(httpBind, stats.Bind, stats.User, stats.Password ?? Password(), Socket, registry);
        var servers = WantedServersRule.From(view, await names.ResolveAsync(view.Workers, [], cancellation)); // The keeper tells who is missing.
        WritePrivately(Configuration, FrontConfigurationRule.Render(bundled, settings, servers));
        return await CheckAsync(cancellation) is { } refusal
            ? new FrontCommand(program, [], new Dictionary<string, string>(), $"HAProxy refuses {Configuration}:\n{refusal}")
            : new FrontCommand(program, ["-db", "-f", Configuration], Privileges(), null);
    }

    // As root, HAProxy needs root for binding only (haproxy.cfg, global).
    private static Dictionary<string, string> Privileges() =>
        Environment.IsPrivilegedProcess && File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith("haproxy:", StringComparison.Ordinal))
            ? new() { ["TEECHAIN_HAPROXY_USER"] = "haproxy" }
            : [];

    private string Password()
    {
        if (stats.Bind == StatsPage.DocumentedBind)
        {
            return StatsPage.DocumentedPassword;
        }

        var file = Path.Combine(folder, "stats-password");
        if (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            WritePrivately(file, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) + "\n");
        }

        return File.ReadAllText(file).Trim();
    }

    private static void WritePrivately(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }

    /// <returns>What HAProxy has against it; null when nothing.</returns>
    private async Task<string?> CheckAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, ["-dW", "-c", "-f", Configuration]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var check = Process.Start(start) ?? throw new IOException($"{program} cannot be started.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(CheckPatience);
        try
        {
            var said = await Task.WhenAll(check.StandardOutput.ReadToEndAsync(patience.Token), check.StandardError.ReadToEndAsync(patience.Token));
            await check.WaitForExitAsync(patience.Token);
            return check.ExitCode == 0 ? null : string.Concat(said).Trim();
        }
        catch (OperationCanceledException)
        {
            check.Kill();
            cancellation.ThrowIfCancellationRequested();
            return $"It was not checked within {CheckPatience.TotalSeconds:0} s.";
        }
    }
}

/// <summary>How to run a front door, or why it cannot run.</summary>
/// <param name="Environment">Added to one's own.</param>
/// <param name="Refusal">Null when it can.</param>
internal sealed record FrontCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string? Refusal);
