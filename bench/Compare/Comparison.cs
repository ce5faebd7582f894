using Compare.Applications;
using Compare.Options;
using Compare.Parts;
using Compare.Processes;
using Compare.Systems;

namespace Compare;

/// <summary>Runs the parts that were asked for, one after the other.</summary>
internal static class Comparison
{
    private static readonly string[] Acks = ["local", "next", "chain"];

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
        var contestants = Contestants.Where(contestant => contestant.Name.Contains(flags.Only, StringComparison.Ordinal)).ToList();
        var folder = Directory.CreateDirectory(flags.Folder).FullName;
        var ports = new FreePorts();
        await using var applications = await ApplicationSet.StartAsync(9, ports, folder);
        var arena = new Arena(applications, ports, folder, Path.GetFullPath(flags.TeeProxy));
        var saturated = new Saturated(arena, TimeSpan.FromSeconds(flags.WarmUp), TimeSpan.FromSeconds(flags.Duration));
        for (var round = 1; round <= flags.Rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                var s = await saturated.RunAsync(contestant);
                Console.WriteLine($"{s.Contestant,-45} {s.PostsPerSecond,8:F0}/s p50 {s.P50.TotalMilliseconds:F2} p99 {s.P99.TotalMilliseconds:F2} cpu {s.CpuPer10k:F2} peak {s.PeakBytes >> 20} behind {s.Behind} failed {s.Failed} lost {string.Join('/', s.Verdicts.Select(v => v.Lost))} rep {string.Join('/', s.Verdicts.Select(v => v.Repeated))} dis {string.Join('/', s.Verdicts.Select(v => v.DisorderPercent.ToString("F2")))} udis {string.Join('/', s.Verdicts.Select(v => v.UserDisorderPercent.ToString("F2")))}");
            }
        }

        return 0;
    }
}
