using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Up;

/// <summary>What a terminal shows of a running fleet: no more lines than it has, none longer than it is wide. Pure.</summary>
/// <param name="Told">What happened, the oldest first.</param>
internal sealed record LiveFrame(string Title, StatusReport Report, IReadOnlyList<string> Told)
{
    /// <summary>The table and its notes; below them as much of what happened last as there is room for. With colours.</summary>
    public IReadOnlyList<string> Lines(int columns, int rows)
    {
        IReadOnlyList<string> top = [Cut(Title, columns), .. Rendered(FleetTable.Render(Report, columns), columns)];
        return [.. top.Take(rows), .. Told.TakeLast(Math.Max(0, rows - top.Count)).Select(line => Cut(PlainTable.Printable(line), columns))];
    }

    private static string Cut(string line, int columns) => line.Length <= columns ? line : line[..Math.Max(0, columns - 1)] + "…";

    private static string[] Rendered(IRenderable what, int columns)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = columns;
        console.Write(what);
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
