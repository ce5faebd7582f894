using System.Globalization;
using Compare.Applications;
using Compare.Options;
using Compare.Parts;
using Compare.Processes;
using Compare.Reports;
using Compare.Systems;

namespace Compare;

/// <summary>Runs the parts that were asked for, round by round, and writes down what came out.</summary>
internal sealed class Comparison(RunFlags flags, Arena arena)
{
    private const int MostNodes = 9;

    private static readonly string[] Acks = ["local", "next", "chain"];
    private static readonly int[] Lengths = [1, 2, 3, 5, MostNodes];

    private readonly Results _results = new();
    private readonly TimeSpan _warmUp = TimeSpan.FromSeconds(flags.WarmUp);
    private readonly TimeSpan _duration = TimeSpan.FromSeconds(flags.Duration);

    private static IReadOnlyList<Contestant> Contestants { get; } =
    [
        .. Acks.Select(ack => new TeeChainSystem("total", ack, 3).Contestant),
        .. Acks.Select(ack => new TeeChainSystem("key", ack, 3).Contestant),
        NginxSystems.Chain,
        NginxSystems.ChainOfEmptyAnswers,
        NginxSystems.Star,
        NginxSystems.LuaChain,
        Bare.ClientToAll,
    ];

    public static async Task<int> RunAsync(RunFlags flags)
    {
        if (flags.List)
        {
            await Console.Out.WriteLineAsync(string.Join('\n', Contestants.Select(contestant => contestant.Name)));
            return 0;
        }

        var folder = Directory.CreateDirectory(flags.Folder).FullName;
        var ports = new FreePorts();
        try
        {
            await using var applications = await ApplicationSet.StartAsync(MostNodes, ports, folder);
            var comparison = new Comparison(flags, new Arena(applications, ports, folder, Path.GetFullPath(flags.TeeProxy), Path.GetFullPath(flags.TeeChain)));
            await comparison.MeasureAsync();
            var tables = Markdown.Of(comparison._results, Conditions.Of(flags));
            await Console.Out.WriteLineAsync($"\n{tables}");
            if (flags.Report is { } report)
            {
                await Markdown.ReplaceAsync(report, tables);
            }

            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or IOException or System.ComponentModel.Win32Exception)
        {
            await Console.Error.WriteLineAsync($"compare: {e.Message}");
            return 1;
        }
    }

    private async Task MeasureAsync()
    {
        for (var round = 1; round <= flags.Rounds; round++)
        {
            foreach (var part in flags.Parts)
            {
                await MeasureAsync(part, round);
            }
        }
    }

    private Task MeasureAsync(string part, int round) => part switch
    {
        "writes" => EachAsync(round, Chosen(Contestants), new Saturated(arena, _warmUp, _duration).RunAsync, _results.Writes),
        "latency" => LatencyAsync(round),
        // The processes share the cores while they compile: more of them take longer to be warm.
        "nodes" => EachAsync(round, Lengths, nodes => new Saturated(arena, _warmUp * Math.Max(1, nodes / 2.0), _duration).RunAsync(new TeeChainSystem("total", "local", nodes).Contestant), _results.Lengths),
        "backlog" => EachAsync(round, [new TeeChainSystem("total", "local", 3), new TeeChainSystem("key", "local", 3)], new Backlog(arena).RunAsync, _results.Backlogs),
        "idle" => EachAsync(round, ["idle"], _ => new Idle(arena).RunAsync(), _results.Idle),
        "gateway" => EachAsync(round, [Gateways.PlainYarp, Gateways.TeeChain], new Reads(arena, _warmUp, _duration).RunAsync, _results.Reads),
        _ => throw new InvalidOperationException($"there is no part '{part}'; --parts takes writes, latency, nodes, backlog, idle and gateway"),
    };

    private async Task LatencyAsync(int round)
    {
        var beside = new BesideReads(arena, _warmUp, _duration);
        await EachAsync(
            round, Chosen([Bare.Direct, .. Acks.Select(ack => new TeeChainSystem("total", ack, 3).Contestant), NginxSystems.Chain, NginxSystems.LuaChain]), beside.RunAsync, _results.BesideReads);
        await EachAsync(round, ["disk"], _ => beside.RunDiskAsync(), _results.BesideReads);
    }

    private IEnumerable<Contestant> Chosen(IEnumerable<Contestant> all) => all.Where(contestant => contestant.Name.Contains(flags.Only, StringComparison.Ordinal));

    private static async Task EachAsync<T, TFigures>(int round, IEnumerable<T> all, Func<T, Task<TFigures>> measure, List<TFigures> results)
    {
        foreach (var one in all)
        {
            results.Add(await measure(one));
            await Console.Out.WriteLineAsync(Line(round, results[^1]));
        }
    }

    private static string Line(int round, object? figures) => string.Create(CultureInfo.InvariantCulture, $"round {round}: {figures switch
    {
        Sample s => $"{s.Contestant} ({s.Nodes} nodes): {s.PostsPerSecond:F0}/s, p50 {s.P50.TotalMilliseconds:F2} ms, {s.CpuPer10k:F2} CPU-s per 10,000, {s.PeakBytes >> 20} MB",
        BesideReads.Figures f => $"{f.Contestant}: POST p50 {f.WriteP50.TotalMilliseconds:F2} ms, p99 {f.WriteP99.TotalMilliseconds:F2} ms",
        Backlog.Figures f => $"{f.Contestant}: {f.Writes} writes drained in {f.Drained.TotalSeconds:F1} s",
        double[] idle => $"idle: {string.Join(", ", idle.Select(percent => percent.ToString("F2", CultureInfo.InvariantCulture)))} % of a core",
        Reads.Figures f => $"{f.Contestant}: {f.PerSecond:F0} GET/s, {f.CpuPer10k:F2} CPU-s per 10,000",
        _ => "?",
    }}");
}
