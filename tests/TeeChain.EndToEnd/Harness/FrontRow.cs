using System.Globalization;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A line of HAProxy's statistics: one server of one backend, or a backend's or frontend's sum.</summary>
/// <param name="Sessions">Requests that were sent there since HAProxy began.</param>
internal sealed record FrontRow(string Proxy, string Server, string Status, long Sessions)
{
    public bool IsServer => Server is not ("BACKEND" or "FRONTEND");

    /// <summary>HAProxy says "UP 1/3" and the like while checks begin to fail or to pass.</summary>
    public bool IsUp => Status.StartsWith("UP", StringComparison.Ordinal);

    /// <summary>Reads the CSV that the statistics page serves; the first line names the columns.</summary>
    public static IReadOnlyList<FrontRow> Parse(string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var columns = lines[0].TrimStart('#', ' ').Split(',');
        var (proxy, server, status, sessions) =
            (Array.IndexOf(columns, "pxname"), Array.IndexOf(columns, "svname"), Array.IndexOf(columns, "status"), Array.IndexOf(columns, "stot"));
        return [.. from line in lines.Skip(1)
                   let cells = line.Split(',')
                   select new FrontRow(
                       cells[proxy], cells[server], cells[status],
                       long.TryParse(cells[sessions], CultureInfo.InvariantCulture, out var count) ? count : 0)];
    }
}
