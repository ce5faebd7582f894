using TeeChain.Fleet.Haproxy;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace TeeChain.Fleet.Config;

/// <summary>
/// From the text of a fleet file to a <see cref="FleetFile"/>, or to all that is wrong with it: each line names file, line,
/// key and what is allowed. Nothing is started or written.
/// </summary>
internal sealed class FleetFileReader
{
    private readonly string _name;
    private readonly List<string> _wrong = [];
    private readonly Dictionary<string, long> _lines = []; // key, as this program calls it -> line

    private FleetFileReader(string name)
    {
        _name = name;
    }

    /// <summary>Either the file, or what is wrong.</summary>
    internal sealed record Result(FleetFile? File, IReadOnlyList<string> Wrong);

    /// <param name="name">What messages call the file.</param>
    public static Result Read(string name, string text)
    {
        var reader = new FleetFileReader(name);
        var file = reader.Read(text);
        return reader._wrong.Count == 0 ? new Result(file, []) : new Result(null, reader._wrong);
    }

    private FleetFile Read(string text)
    {
        var file = new FleetFile();
        if (Root(text) is { } root)
        {
            file = ReadMapping(root, file, FleetKeys.All, "", ReadAutoscale);
        }

        if (_wrong.Count == 0)
        {
            CheckTogether(file);
        }

        return file;
    }

    private YamlMappingNode? Root(string text)
    {
        try
        {
            if (Unwanted(text) is var (line, what))
            {
                Refuse(line, what);
                return null;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return root;
            }

            Refuse(1, "it is no list of `key: value` lines");
        }
        catch (YamlException e)
        {
            Refuse(e.Start.Line, $"it is no YAML: {e.Message.TrimEnd('.')}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // What the library throws by mistake, at some texts that are no YAML: `!![`.
            Refuse(1, $"it is no YAML: {e.Message.TrimEnd('.')}");
        }

        return null;
    }

    /// <summary>What the library would follow without end: a deep nesting, or an alias of what it stands in.</summary>
    private static (long Line, string What)? Unwanted(string text)
    {
        const int mostDepth = 8;
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext(); depth += parser.Current!.NestingIncrease)
        {
            if (parser.Current is AnchorAlias { Start.Line: var line })
            {
                return (line, "aliases are not understood");
            }

            if (depth > mostDepth)
            {
                return (parser.Current!.Start.Line, "it is nested too deep");
            }
        }

        return null;
    }

    /// <param name="within">The key above, with a dot; empty at the top.</param>
    /// <param name="other">Takes what no key of the table is; null when it is unknown there too.</param>
    private T ReadMapping<T>(YamlMappingNode mapping, T into, IReadOnlyList<FileKey<T>> keys, string within, Func<T, string, YamlNode, T?>? other = null)
        where T : class
    {
        foreach (var (keyNode, value) in mapping.Children)
        {
            var name = (keyNode as YamlScalarNode)?.Value ?? "";
            var line = keyNode.Start.Line;
            var key = keys.FirstOrDefault(known => known.IsCalled(name));
            if (!_lines.TryAdd(within + (key?.Name ?? name), line))
            {
                Refuse(line, $"{within}{name} is given again: line {_lines[within + (key?.Name ?? name)]} says it already");
            }
            else if (key is not null)
            {
                var read = key.Read(into, value);
                if (read is null)
                {
                    Refuse(line, $"{within}{name} is {Shown(value)}; allowed: {key.Allowed}");
                }

                into = read ?? into;
            }
            else if (other?.Invoke(into, name, value) is { } known)
            {
                into = known;
            }
            else
            {
                Refuse(line, Unknown(within, name, keys.Select(known => known.Name)));
            }
        }

        return into;
    }

    private FleetFile? ReadAutoscale(FleetFile file, string name, YamlNode value)
    {
        if (name != "autoscale")
        {
            return null;
        }

        if (value is YamlMappingNode mapping)
        {
            return file with { Autoscale = ReadMapping(mapping, new Autoscale(), FleetKeys.OfAutoscale, "autoscale.") };
        }

        Refuse(value.Start.Line, $"autoscale is {Shown(value)}; allowed: {{min: 2, max: 9, requests-per-worker: 300, cool-down: 30s}}");
        return file;
    }

    /// <summary>What is right by itself and wrong beside another key.</summary>
    private void CheckTogether(FleetFile file)
    {
        if (file.Autoscale is { } rule && rule.Min > rule.Max)
        {
            RefuseKey("autoscale.min", $"autoscale.min is {rule.Min}, more than autoscale.max, {rule.Max}");
        }

        if ((file.Order == "key") != (file.Key is not null))
        {
            RefuseKey(file.Key is null ? "order" : "key", "`order: key` and `key` go together: both are given, or neither");
        }

        if (file.App is not null && (file.AverageDelay > TimeSpan.Zero || file.FailureRate > 0))
        {
            RefuseKey(file.AverageDelay > TimeSpan.Zero ? "average-delay" : "failure-rate", "average-delay and failure-rate are the sample application's; with `app` give them in its command line");
        }

        if (file.StatsPassword == StatsPage.DocumentedPassword && (file.Balancers > 1 || $"{file.StatsAddress}:{file.StatsPort}" != StatsPage.DocumentedBind))
        {
            RefuseKey("stats-password", $"stats-password is the one that everybody knows, which is for {StatsPage.DocumentedBind} alone; allowed: another, or none: then one is made");
        }

        if (FilePorts.Clash(file, Math.Max(file.Workers, file.Autoscale?.Max ?? 0)) is var (key, why))
        {
            RefuseKey(key, $"{why}; allowed: ports that do not meet");
        }
    }

    private static string Unknown(string within, string name, IEnumerable<string> known)
    {
        var all = within.Length == 0 ? known.Append("autoscale") : known;
        return $"{within}{name} is no key; allowed: {string.Join(", ", all)}";
    }

    private static string Shown(YamlNode node) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } value } => $"'{(value.Length > 60 ? value[..60] + "…" : value)}'",
        YamlScalarNode => "empty",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    private void RefuseKey(string key, string what) => Refuse(_lines.TryGetValue(key, out var line) ? line : 1, what);

    private void Refuse(long line, string what) => _wrong.Add($"{_name}:{line}: {what.ReplaceLineEndings(" ")}.");
}
