using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace TeeChain.Fleet.Status;

/// <summary>Shows a report: in colours on a terminal, as aligned words elsewhere. What nodes say is shown, never obeyed: no control characters, no markup.</summary>
internal static class FleetTable
{
    private static readonly string[] Columns =
        ["node", "role", "epoch", "sequence", "applied", "lag", "parked", "divergences", "ready", "requests", "failures", "average"];

    /// <summary>What a narrow terminal does without, the first first: what is amiss there is among the notes.</summary>
    private static readonly string[] Dispensable = ["divergences", "parked", "epoch", "applied", "average", "failures", "requests", "lag", "sequence"];

    /// <summary>For a terminal; also for a live display.</summary>
    /// <param name="width">Columns that there are; what has no room is left out.</param>
    public static IRenderable Render(StatusReport report, int width)
    {
        string[][] rows = [.. report.Nodes.Select(Cells)];
        var shown = Fitting(rows, width);
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var i in shown)
        {
            var column = new TableColumn(Columns[i]).NoWrap();
            table.AddColumn(IsNumber(i) ? column.RightAligned() : column);
        }

        foreach (var (node, cells) in report.Nodes.Zip(rows))
        {
            var style = new Style(node.IsFine ? Color.Default : node.IsUp ? Color.Yellow : Color.Red);
            table.AddRow(shown.Select(i => new Text(cells[i], style)));
        }

        return new Rows([table, .. Notes(report).Select(note => new Text(note, new Style(Color.Yellow)))]);
    }

    /// <summary>Lines of the same, without colours.</summary>
    public static string Plain(StatusReport report) =>
        string.Concat((report.Nodes.Count == 0 ? [] : PlainTable.Lines(Columns, [.. report.Nodes.Select(Cells)], IsNumber)).Concat(Notes(report)).Select(line => line + "\n"));

    /// <summary>Indices of <see cref="Columns"/>.</summary>
    private static List<int> Fitting(string[][] rows, int width)
    {
        List<int> shown = [.. Enumerable.Range(0, Columns.Length)];
        foreach (var name in Dispensable)
        {
            // A border, two blanks and the longest cell each, and the border at the end.
            if (1 + shown.Sum(i => 3 + rows.Select(cells => cells[i].Length).Append(Columns[i].Length).Max()) <= width)
            {
                break;
            }

            shown.Remove(Array.IndexOf(Columns, name));
        }

        return shown;
    }

    private static bool IsNumber(int column) => column is >= 2 and <= 7 or >= 9;

    private static string[] Cells(FleetRow node) =>
    [
        PlainTable.Printable(node.Name),
        PlainTable.Printable(node.Role),
        Number(node.Epoch),
        Number(node.Sequence),
        Number(node.Applied),
        Number(node.Lag),
        Number(node.Parked),
        Number(node.Divergences),
        !node.IsUp ? "-" : (node.TakesWrites, node.TakesReads) switch { (true, true) => "writes, reads", (true, false) => "writes", (false, true) => "reads", _ => "no" },
        Number(node.Requests),
        Number(node.Failures),
        node.AverageMilliseconds is { } average ? string.Create(CultureInfo.InvariantCulture, $"{average:0.0} ms") : "-",
    ];

    private static IEnumerable<string> Notes(StatusReport report) =>
        report.Nodes.SelectMany(node => node.Notes.Select(note => $"{node.Name}: {note}")).Concat(report.Problems).Select(PlainTable.Printable);

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
