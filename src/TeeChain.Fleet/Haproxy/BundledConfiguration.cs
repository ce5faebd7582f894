using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace TeeChain.Fleet.Haproxy;

/// <summary>The bundled haproxy.cfg, which is inside this program. Immutable.</summary>
internal sealed partial class BundledConfiguration
{
    private readonly Dictionary<string, string> _keywords = [];

    /// <param name="text">Of a configuration: <c>default-server</c> lines of <c>defaults</c> and of backends are understood.</param>
    public BundledConfiguration(string text)
    {
        Lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        string section = "", shared = "";
        var isConditional = false;
        foreach (var line in Lines)
        {
            isConditional = line.TrimStart() switch { ['.', 'i', 'f', ..] => true, ".endif" => false, _ => isConditional };
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line.Length > 0 && char.IsAsciiLetter(line[0]))
            {
                section = words[0] == "backend" ? words[1] : words[0];
                _keywords.TryAdd(section, shared);
            }
            else if (!isConditional && words is ["default-server", .. var keywords]) // TLS is told server by server
            {
                // As HAProxy does: a backend begins with what `defaults` said, and what is said last counts.
                _keywords[section] = string.Join(' ', [.. _keywords[section].Split(' ', StringSplitOptions.RemoveEmptyEntries), .. keywords]);
                shared = section == "defaults" ? _keywords[section] : shared;
            }
        }
    }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>Reads it from this program.</summary>
    public static BundledConfiguration Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("haproxy.cfg")
            ?? throw new InvalidOperationException("haproxy.cfg is not in this build.");
        using var reader = new StreamReader(stream);
        return new BundledConfiguration(reader.ReadToEnd());
    }

    /// <summary>The same, with this time between two checks of a server.</summary>
    public BundledConfiguration Checking(TimeSpan interval) => new(Interval().Replace(
        string.Join('\n', Lines), string.Create(CultureInfo.InvariantCulture, $"${{before}}{(long)interval.TotalMilliseconds}ms")));

    /// <summary>
    /// What a backend's <c>server</c> lines inherit. A server that is added while HAProxy runs inherits nothing, so it is told all
    /// of this.
    /// </summary>
    public string ServerKeywords(string backend) => _keywords.GetValueOrDefault(backend, "");

    [GeneratedRegex("""(?<before>^ +default-server .*\binter )\S+""", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Interval();
}
