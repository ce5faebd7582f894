using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LoadTest.Reports;

/// <summary>All that a run found out; each form of report shows it.</summary>
/// <param name="Command">The flags that repeat it, as far as they matter.</param>
/// <param name="Findings">What holds, a line each.</param>
/// <param name="Problems">What does not, a line each: with one, the run has failed.</param>
internal sealed record LoadReport(
    DateTimeOffset Started, string Scenario, long Seed, string Engine, string Machine, string Command, IReadOnlyList<PhaseReport> Phases,
    IReadOnlyList<string> Findings, IReadOnlyList<string> Problems)
{
    public bool HasPassed => Problems.Count == 0;
}

/// <summary>The report as JSON; times are in ms unless they say otherwise.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Escapes no more than JSON asks for: it is a file of its own, never inside HTML.</summary>
    public static ReportJson Plain { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
