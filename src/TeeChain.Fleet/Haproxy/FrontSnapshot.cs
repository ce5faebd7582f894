using System.Globalization;

namespace TeeChain.Fleet.Haproxy;

/// <summary>HAProxy at one moment, as one process of it told. Immutable.</summary>
/// <param name="Process">Its process id: another one has forgotten all that was added and counted.</param>
/// <param name="Backends">All that it has.</param>
/// <param name="Servers">Of the four <see cref="Haproxy.Backends"/>.</param>
/// <param name="Counts">Of the same.</param>
/// <param name="Refused">How often a backend's clients were answered with 500 and above, by whomever; by its name.</param>
internal sealed record FrontSnapshot(
    int Process, IReadOnlySet<string> Backends, IReadOnlyList<SeenServer> Servers, IReadOnlyDictionary<ServerId, ServerCounts> Counts,
    IReadOnlyDictionary<string, long> Refused)
{
    private const int ForcedMaint = 0x01, ForcedDrain = 0x08, CheckEnabled = 0x04;

    /// <summary>What <see cref="Parse"/> takes the answers to.</summary>
    public static readonly IReadOnlyList<string> Commands = ["show info", "show servers state", "show stat"];

    /// <exception cref="FormatException">This is not what HAProxy answers to <see cref="Commands"/>.</exception>
    public static FrontSnapshot Parse(IReadOnlyList<string> answers)
    {
        var process = answers[0].Split('\n').FirstOrDefault(line => line.StartsWith("Pid: ", StringComparison.Ordinal))?[5..];
        var states = new FrontTable(answers[1].Split('\n').Skip(1), ' ');
        var stats = new FrontTable(answers[2].Split('\n'), ',');
        var backends = stats.Rows.Where(row => row["type"] == "1").ToList();
        return new FrontSnapshot(
            int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : throw new FormatException("HAProxy does not say its process id."),
            backends.Select(row => row["pxname"]).ToHashSet(),
            [.. states.Rows.Where(row => IsOurs(row["be_name"])).Select(Server)],
            stats.Rows.Where(row => row["type"] == "2" && IsOurs(row["pxname"])).ToDictionary(row => new ServerId(row["pxname"], row["svname"]), Count),
            backends.Where(row => IsOurs(row["pxname"])).ToDictionary(row => row["pxname"], row => row.Number("hrsp_5xx")));
    }

    private static bool IsOurs(string backend) => Haproxy.Backends.All.Contains(backend);

    private static SeenServer Server(FrontTable.Row row)
    {
        var admin = row.Number("srv_admin_state");
        return new SeenServer(
            new ServerId(row["be_name"], row["srv_name"]),
            Text(row["srv_addr"]),
            (int)row.Number("srv_port"),
            Text(row["srv_check_addr"]),
            (int)row.Number("srv_check_port"),
            (row.Number("srv_check_state") & CheckEnabled) != 0,
            (admin & ForcedMaint) != 0 ? Turn.Maint : (admin & ForcedDrain) != 0 ? Turn.Drain : Turn.Ready,
            row.Number("srv_op_state") is 1 or 2 && admin == 0);
    }

    private static string Text(string cell) => cell == "-" ? "" : cell;

    // 1xx are left out: an upload has a 100 before its answer. A lost answer counts as eresp and has no status.
    private static ServerCounts Count(FrontTable.Row row) => new(
        row.Number("hrsp_2xx") + row.Number("hrsp_3xx") + row.Number("hrsp_4xx"),
        row.Number("hrsp_5xx") + row.Number("hrsp_other") + row.Number("econ") + row.Number("eresp"),
        row.Number("rtime"),
        row.Number("scur") + row.Number("qcur"));
}

/// <summary>What a server has counted since HAProxy has it.</summary>
/// <param name="Failures">Answers of 500 and above, connections that were not made, answers that did not come.</param>
/// <param name="AverageMilliseconds">From request to answer, over the last 1024.</param>
/// <param name="Open">Requests on their way or in its queue.</param>
internal sealed record ServerCounts(long Successes, long Failures, long AverageMilliseconds, long Open);
