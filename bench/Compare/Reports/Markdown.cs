using System.Globalization;
using System.Text;
using Compare.Parts;

namespace Compare.Reports;

/// <summary>The tables, as Markdown: medians over the rounds, with least and most.</summary>
internal static class Markdown
{
    private const string Begin = "<!-- measured -->";
    private const string End = "<!-- /measured -->";

    public static string Of(Results results, string conditions)
    {
        var text = new StringBuilder().AppendLine(conditions);
        if (Bars.Of(results).ToList() is { Count: > 0 } bars)
        {
            Table(text, "The bars", ["", "measured", "bar", ""], bars.Select(bar => (string[])[bar.What, Show(bar.Figure, "0.00"), bar.Bar, bar.Holds ? "holds" : "**missed**"]));
        }

        Table(
            text, $"Saturated: {Saturated.Clients} clients, each with its next POST as soon as it has its answer",
            ["", "POST/s", "p50 ms", "p99 ms", "CPU-s per 10,000", "MB a proxy", "behind at the end", "lost", "twice", "pairs reversed %", "… of one user %"],
            results.Writes.GroupBy(s => s.Contestant).Select(group => Row(group.Key, [.. group])));
        Table(
            text, $"{BesideReads.WritesPerSecond} POST/s beside {BesideReads.ReadsPerSecond} GET/s, through HAProxy",
            ["", "POST p50 ms", "POST p99 ms", "GET p50 ms", "GET p99 ms", "failed"],
            results.BesideReads.GroupBy(f => f.Contestant).Select(group => (string[])
            [
                group.Key, Show(group, f => f.WriteP50), Show(group, f => f.WriteP99), Show(group, f => f.ReadP50), Show(group, f => f.ReadP99), $"{group.Sum(f => f.Failed)}",
            ]));
        Table(
            text, "The length of the chain: total order, ack local, saturated", ["nodes", "POST/s", "CPU-s per 10,000 a node", "MB a node"],
            results.Lengths.GroupBy(s => s.Nodes).Select(group => (string[])
            [
                $"{group.Key}", Show(group.Select(s => s.PostsPerSecond), "0"), Show(group.Select(s => s.CpuPer10k / s.Nodes), "0.00"), Show(group.Select(s => s.PeakBytes / 1e6), "0"),
            ]));
        Table(
            text, $"A node comes back to {Backlog.Writes} writes that it missed", ["", "process up, s", "all in its application, s", "writes/s"],
            results.Backlogs.GroupBy(f => f.Contestant).Select(group => (string[])
            [
                group.Key, Show(group.Select(f => f.Started.TotalSeconds), "0.0"), Show(group.Select(f => f.Drained.TotalSeconds), "0.0"), Show(group.Select(f => f.Writes / f.Drained.TotalSeconds), "0"),
            ]));
        Table(
            text, "Idle: percent of a core", ["", ""],
            results.Idle.SelectMany(nodes => nodes.Select((percent, i) => (Node: i + 1, percent))).GroupBy(one => one.Node)
                .Select(group => (string[])[$"node {group.Key}", Show(group.Select(one => one.percent), "0.00")]));
        Table(
            text, "GETs through a front door, saturated", ["", "GET/s", "p50 ms", "p99 ms", "CPU-s per 10,000", "failed"],
            results.Reads.GroupBy(f => f.Contestant).Select(group => (string[])
            [
                group.Key, Show(group.Select(f => f.PerSecond), "0"), Show(group, f => f.P50), Show(group, f => f.P99), Show(group.Select(f => f.CpuPer10k), "0.00"), $"{group.Sum(f => f.Failed)}",
            ]));
        return text.ToString().TrimEnd();
    }

    /// <summary>Puts it between the marks of a file; what else stands there stays.</summary>
    /// <exception cref="InvalidDataException">The file has no marks.</exception>
    public static async Task ReplaceAsync(string file, string tables)
    {
        var text = await File.ReadAllTextAsync(file);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"{file} has no place for the tables: {Begin} and, behind it, {End}");
        }

        await File.WriteAllTextAsync(file, $"{text[..(begin + Begin.Length)]}\n{tables}\n{text[end..]}");
    }

    private static string[] Row(string name, IReadOnlyList<Sample> samples) =>
    [
        name,
        Show(samples.Select(s => s.PostsPerSecond), "0"),
        Show(samples, s => s.P50),
        Show(samples, s => s.P99),
        samples.Any(s => s.CpuPer10k > 0) ? Show(samples.Select(s => s.CpuPer10k), "0.00") : "–",
        samples.Any(s => s.PeakBytes > 0) ? Show(samples.Select(s => s.PeakBytes / 1e6), "0") : "–",
        Show(samples.Select(s => (double)s.Behind), "0"),
        ByNode(samples, verdict => verdict.Lost, "0"),
        ByNode(samples, verdict => verdict.Repeated, "0"),
        ByNode(samples, verdict => verdict.DisorderPercent, "0.0#"),
        ByNode(samples, verdict => verdict.UserDisorderPercent, "0.0#"),
    ];

    // The worst round of each node: a loss in one is a loss.
    private static string ByNode(IReadOnlyList<Sample> samples, Func<Verdict, double> figure, string format) =>
        string.Join(" / ", Enumerable.Range(0, samples[0].Nodes).Select(node => samples.Max(s => figure(s.Verdicts[node])).ToString(format, CultureInfo.InvariantCulture)));

    private static string Show<T>(IEnumerable<T> group, Func<T, TimeSpan> latency) => Show(group.Select(one => latency(one).TotalMilliseconds), "0.00");

    private static string Show(IEnumerable<double> figures, string format) => Show(Spread.Of(figures), format);

    private static string Show(Spread spread, string format)
    {
        string Text(double figure) => figure.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(spread.Median)} ({Text(spread.Min)} to {Text(spread.Max)})";
    }

    private static void Table(StringBuilder text, string title, string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {title}").AppendLine();
        foreach (var row in (IEnumerable<string[]>)[head, [.. head.Select(_ => "---")], .. all])
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
        }
    }
}
