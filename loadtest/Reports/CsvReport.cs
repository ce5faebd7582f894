using System.Globalization;
using System.Text;

namespace LoadTest.Reports;

/// <summary>A line a window and flow (RFC 4180). Numbers have a point; times are in ms unless they say otherwise.</summary>
internal static class CsvReport
{
    private const string Columns = "phase,flow,second,seconds,sent,failed,p50_ms,p90_ms,p99_ms,max_ms\r\n";

    public static string Of(LoadReport report)
    {
        var csv = new StringBuilder(Columns);
        foreach (var phase in report.Phases)
        {
            foreach (var flow in phase.Flows)
            {
                foreach (var window in flow.Windows)
                {
                    csv.Append(CultureInfo.InvariantCulture, $"{Quoted(phase.Name)},{Quoted(flow.Name)},{window.Second},{window.Seconds},{window.Sent},{window.Failed},")
                        .Append(CultureInfo.InvariantCulture, $"{window.P50Ms},{window.P90Ms},{window.P99Ms},{window.MaxMs}\r\n");
                }
            }
        }

        return csv.ToString();
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
