using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TeeProxy.Tests.Status;

/// <summary>
/// Reads the Prometheus text format 0.0.4 strictly: it throws on whatever a scrape would refuse or a linter would name,
/// such as a sample without its type, a series written twice, or a histogram whose buckets do not add up.
/// </summary>
internal sealed partial class ExpositionParser
{
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<string, string> _helps = [];
    private readonly Dictionary<string, double> _samples = [];
    private string? _family;

    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyDictionary<string, string> Helps => _helps;

    /// <summary>By name and labels, sorted by name: <c>name{a="x",b="y"}</c>, values unescaped.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public double Value(string series) => _samples[series];

    public static ExpositionParser Parse(string text)
    {
        var parser = new ExpositionParser();
        if (text.Length > 0 && (text[^1] != '\n' || text.Contains('\r', StringComparison.Ordinal)))
        {
            throw new FormatException("Each line ends with one line feed.");
        }

        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            parser.Line(line);
        }

        foreach (var (name, type) in parser._types)
        {
            parser.CheckFamily(name, type);
        }

        return parser;
    }

    private void Line(string line)
    {
        if (HelpLine().Match(line) is { Success: true } help)
        {
            Add(_helps, help.Groups["name"].Value, Unescape(help.Groups["text"].Value, quoted: false));
        }
        else if (TypeLine().Match(line) is { Success: true } type)
        {
            _family = type.Groups["name"].Value;
            Add(_types, _family, type.Groups["type"].Value);
        }
        else if (SampleLine().Match(line) is { Success: true } sample)
        {
            Sample(sample);
        }
        else
        {
            throw new FormatException($"Not a line of the format: {line}");
        }
    }

    private void Sample(Match sample)
    {
        var name = sample.Groups["name"].Value;
        var owns = _family is not null && (name == _family
            || (_types[_family] == "histogram" && name[.._family.Length] == _family && name[_family.Length..] is "_bucket" or "_sum" or "_count"));
        if (!owns)
        {
            throw new FormatException($"{name} stands behind the type of {_family}.");
        }

        var labels = LabelPair().Matches(sample.Groups["labels"].Value).ToDictionary(
            pair => pair.Groups["name"].Value, pair => Unescape(pair.Groups["value"].Value, quoted: true));
        var series = labels.Count == 0 ? name
            : $"{name}{{{string.Join(',', labels.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}=\"{pair.Value}\""))}}}";
        Add(_samples, series, sample.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var value => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
        });
    }

    private void CheckFamily(string name, string type)
    {
        if (!_helps.ContainsKey(name) || !_samples.Keys.Any(series => series.StartsWith(name, StringComparison.Ordinal)))
        {
            throw new FormatException($"{name} has no help, or no sample.");
        }

        if ((type == "counter") != name.EndsWith("_total", StringComparison.Ordinal))
        {
            throw new FormatException($"{name} is a {type}: counters, and they alone, end in _total.");
        }

        if (type == "histogram")
        {
            CheckHistogram(name);
        }
    }

    private void CheckHistogram(string name)
    {
        var groups = _samples.Where(pair => pair.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal))
            .GroupBy(pair => BoundLabel().Replace(pair.Key[(name.Length + 7)..], "").Replace(",}", "}", StringComparison.Ordinal).Replace("{}", "", StringComparison.Ordinal));
        foreach (var group in groups)
        {
            var counts = group.Select(pair => pair.Value).ToList();
            var bounds = group.Select(pair => BoundLabel().Match(pair.Key).Groups["le"].Value).ToList();
            var numbers = bounds.Select(bound => bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture)).ToList();
            if (bounds[^1] != "+Inf" || !numbers.SequenceEqual(numbers.Order()) || !counts.SequenceEqual(counts.Order())
                || counts[^1] != Value(name + "_count" + group.Key) || !_samples.ContainsKey(name + "_sum" + group.Key))
            {
                throw new FormatException($"The buckets of {name}{group.Key} do not add up.");
            }
        }
    }

    private static void Add<T>(Dictionary<string, T> to, string key, T value)
    {
        if (!to.TryAdd(key, value))
        {
            throw new FormatException($"{key} is there twice.");
        }
    }

    private static string Unescape(string text, bool quoted)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] != '\\' ? text[i] : text[++i] switch
            {
                '\\' => '\\',
                'n' => '\n',
                '"' when quoted => '"',
                var other => throw new FormatException($"\\{other} is no escape."),
            });
        }

        return result.ToString();
    }

    [GeneratedRegex("""^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>.*)$""")]
    private static partial Regex HelpLine();

    [GeneratedRegex("""^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$""")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",)*[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*")\})? (?<value>[+-]Inf|NaN|-?[0-9.]+([eE][+-]?[0-9]+)?)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\.)*)",?""")]
    private static partial Regex LabelPair();

    [GeneratedRegex("""le="(?<le>[^"]*)",?""")]
    private static partial Regex BoundLabel();
}
