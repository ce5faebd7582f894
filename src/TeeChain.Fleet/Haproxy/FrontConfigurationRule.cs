using System.Text.RegularExpressions;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Haproxy;

/// <summary>The bundled haproxy.cfg for a fleet: other addresses, other servers, no reloads, all else as it is. Pure.</summary>
internal static partial class FrontConfigurationRule
{
    /// <summary>For reloads, of which there are none here; without it a stop need not wait for clients that may ask once more.</summary>
    private const string KeepsIdle = "option idle-close-on-response";

    /// <param name="servers">Those that are known now; HAProxy begins with them.</param>
    public static string Render(BundledConfiguration bundled, FrontSettings settings, IReadOnlyList<WantedServer> servers)
    {
        var values = new Dictionary<string, string>
        {
            ["TEECHAIN_HTTP_BIND"] = settings.HttpBind,
            ["TEECHAIN_STATS_BIND"] = settings.StatsBind,
            ["TEECHAIN_STATS_USER"] = settings.StatsUser,
            ["TEECHAIN_STATS_PASSWORD"] = settings.StatsPassword,
            ["TEECHAIN_HAPROXY_SOCKET"] = settings.Socket,
        };
        var lines = new List<string> { "# Made from the bundled haproxy.cfg by teechain, which overwrites it at its next start." };
        foreach (var (section, line) in InSections(bundled.Lines).Where(one => !BundledServer().IsMatch(one.Line)))
        {
            if (line.StartsWith("    # The split, by method.", StringComparison.Ordinal) && settings.Registry is not null)
            {
                lines.Add("    # The registry's own paths, whatever the method.");
                lines.Add($"    use_backend registry if {{ path {string.Join(' ', RegistryEndpoints.FrontPaths)} }}");
            }

            if (line.Trim() == KeepsIdle)
            {
                lines.Add("    # Idle connections are closed when it is asked to stop: nobody comes after it.");
                continue;
            }

            lines.Add(Variable().Replace(line, match => values.TryGetValue(match.Groups["name"].Value, out var value) ? Quoted(value) : match.Value));
            if (line == $"backend {section}")
            {
                lines.AddRange(servers.Where(server => server.Id.Backend == section).Select(Server));
            }
        }

        if (settings.Registry is not null)
        {
            // It answers to its own name, not to that under which clients know the front door.
            lines.AddRange(["", "backend registry", $"    http-request set-header Host \"{Quoted(settings.Registry)}\"", $"    server registry \"{Quoted(settings.Registry)}\" no-check"]);
        }

        return string.Join('\n', lines) + "\n";
    }

    private static List<(string Section, string Line)> InSections(IReadOnlyList<string> lines)
    {
        var (section, all) = ("", new List<(string, string)>());
        foreach (var line in lines)
        {
            section = line.StartsWith("backend ", StringComparison.Ordinal) ? line["backend ".Length..].Trim() : line.Length > 0 && char.IsAsciiLetter(line[0]) ? "" : section;
            all.Add((section, line));
        }

        return all;
    }

    private static string Server(WantedServer server) =>
        $"    server {server.Id.Name} {server.Placement}" + (server.Turn == Turn.Maint ? " disabled" : "");

    // Inside double quotes HAProxy gives these three a meaning.
    private static string Quoted(string text) => Special().Replace(text, @"\$0");

    [GeneratedRegex("""^ +server .*\$\{TEECHAIN_NODE""")]
    private static partial Regex BundledServer();

    [GeneratedRegex("""\$\{(?<name>TEECHAIN_[A-Z0-9_]+)-[^}]*\}""")]
    private static partial Regex Variable();

    [GeneratedRegex("""[\\"$]""")]
    private static partial Regex Special();
}
