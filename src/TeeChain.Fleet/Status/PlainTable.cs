namespace TeeChain.Fleet.Status;

/// <summary>Words in columns, for logs and pipes.</summary>
internal static class PlainTable
{
    /// <param name="isRight">Whether a column's words end, rather than begin, in line.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows, Func<int, bool> isRight)
    {
        var widths = columns.Select((name, i) => rows.Select(row => row[i].Length).Append(name.Length).Max()).ToArray();
        return rows.Prepend(columns).Select(row => string.Join("  ", row.Select((cell, i) => isRight(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>What others say, without what a terminal would obey.</summary>
    public static string Printable(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
