using System.Text.Json;

namespace LoadTest.Reports;

/// <summary>Writes a report in all its forms: <c>report.txt</c>, <c>.json</c>, <c>.csv</c>, <c>.html</c>. Those of an earlier run are replaced.</summary>
internal static class ReportFolder
{
    /// <exception cref="IOException">The disk is full, or something else is in the way.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not ours.</exception>
    public static async Task WriteAsync(string folder, LoadReport report, CancellationToken cancellation)
    {
        (string Name, string Text)[] files =
        [
            ("report.txt", TextReport.Of(report)),
            ("report.json", JsonSerializer.Serialize(report, ReportJson.Plain.LoadReport)),
            ("report.csv", CsvReport.Of(report)),
            ("report.html", HtmlReport.Of(report)),
        ];
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, cancellation);
        }
    }
}
