using System.Globalization;
using System.Text.RegularExpressions;

namespace TeeChain.Fleet.Haproxy;

/// <summary>A table as HAProxy's commands answer it: a line of names that begins with <c># </c>, then a line of cells a row.</summary>
internal sealed partial class FrontTable
{
    /// <param name="separator">With <c>,</c> cells may stand in double quotes, and hold the separator there.</param>
    /// <exception cref="FormatException">There is no line of names.</exception>
    public FrontTable(IEnumerable<string> lines, char separator)
    {
        var all = lines.Where(line => line.Length > 0).ToList();
        if (all.Count == 0 || !all[0].StartsWith("# ", StringComparison.Ordinal))
        {
            throw new FormatException($"HAProxy answers with something that is no table: {all.FirstOrDefault()}");
        }

        var names = all[0][2..].Split(separator).Index().Where(name => name.Item.Length > 0).ToDictionary(name => name.Item, name => name.Index);
        Rows = [.. all.Skip(1).Select(line => new Row(names, separator == ',' ? Cells(line) : line.Split(separator)))];
    }

    public IReadOnlyList<Row> Rows { get; }

    private static string[] Cells(string line) =>
        line.Contains('"', StringComparison.Ordinal)
            ? [.. Cell().Matches(line).Select(cell => cell.Groups["quoted"] is { Success: true } quoted ? quoted.Value.Replace("\"\"", "\"", StringComparison.Ordinal) : cell.Groups["plain"].Value)]
            : line.Split(',');

    [GeneratedRegex("""(?:^|,)(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^,]*))""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Cell();

    /// <summary>One line. What is not there is a <see cref="FormatException"/>: another version of HAProxy, or not HAProxy.</summary>
    internal sealed class Row(Dictionary<string, int> names, string[] cells)
    {
        public string this[string name] =>
            names.TryGetValue(name, out var i) && i < cells.Length ? cells[i] : throw new FormatException($"HAProxy's table has no {name}.");

        /// <summary>An empty cell is 0.</summary>
        public long Number(string name) => this[name] is { Length: > 0 } text
            ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"{name} is {text}.")
            : 0;
    }
}
