using System.Globalization;
using Compare.Parts;
using Compare.Systems;

namespace Compare.Reports;

/// <summary>What TeeChain is held to, as ratios within a round: what shares a round shares the machine's mood.</summary>
internal static class Bars
{
    private static readonly string KeyLocal = new TeeChainSystem("key", "local", 3).Contestant.Name;
    private static readonly string KeyChain = new TeeChainSystem("key", "chain", 3).Contestant.Name;
    private static readonly string TotalLocal = new TeeChainSystem("total", "local", 3).Contestant.Name;
    private static readonly string Chain = NginxSystems.Chain.Name;

    /// <summary>A line each: what, the figure over the rounds, the bar, whether it holds. Bars of parts that were not measured are left out.</summary>
    public static IEnumerable<(string What, Spread Figure, string Bar, bool Holds)> Of(Results results) =>
        new[]
        {
            AtLeast("key order, 16 lanes, ack local: POST/s against nginx mirror chain", 2.0, Ratios(results.Writes, KeyLocal, Chain, s => s.PostsPerSecond)),
            AtLeast("… against nginx + Lua", 1.0, Ratios(results.Writes, KeyLocal, NginxSystems.LuaChain.Name, s => s.PostsPerSecond)),
            AtMost("… CPU a POST against nginx mirror chain", 0.5, Ratios(results.Writes, KeyLocal, Chain, s => s.CpuPer10k)),
            AtLeast("total order, ack local: POST/s against nginx mirror chain", 1.3, Ratios(results.Writes, TotalLocal, Chain, s => s.PostsPerSecond)),
            AtLeast("ack chain, key order: POST/s against ack local", 0.85, Ratios(results.Writes, KeyChain, KeyLocal, s => s.PostsPerSecond)),
            AtMost("POST at 100/s beside 1,000 GET/s, ack local: p50 above direct, ms", 0.6, AboveDirect(results.BesideReads)),
            AtMost("the largest node's memory at saturation, MB", 100, results.Writes.Where(s => s.Contestant.StartsWith("TeeChain", StringComparison.Ordinal)).Select(s => s.PeakBytes / 1e6)),
            AtMost("cost a node at N = 9 against N = 3", 1.15, NineAgainstThree(results.Lengths)),
            AtMost("idle CPU of a node, percent of a core", 0.5, results.Idle.Select(nodes => nodes.Max())),
            AtLeast("GET through the gateway against plain YARP", 0.95, Ratios(results.Reads, Gateways.TeeChain.Name, Gateways.PlainYarp.Name)),
        }.OfType<(string, Spread, string, bool)>();

    private static (string, Spread, string, bool)? AtLeast(string what, double bar, IEnumerable<double> figures) =>
        figures.ToArray() is { Length: > 0 } all && Spread.Of(all) is var spread ? (what, spread, string.Create(CultureInfo.InvariantCulture, $"at least {bar:0.0#}"), spread.Median >= bar) : null;

    private static (string, Spread, string, bool)? AtMost(string what, double bar, IEnumerable<double> figures) =>
        figures.ToArray() is { Length: > 0 } all && Spread.Of(all) is var spread ? (what, spread, string.Create(CultureInfo.InvariantCulture, $"at most {bar:0.0#}"), spread.Median <= bar) : null;

    private static IEnumerable<double> Ratios(IEnumerable<Sample> samples, string one, string other, Func<Sample, double> figure) =>
        samples.Where(s => s.Contestant == one).Zip(samples.Where(s => s.Contestant == other), (a, b) => figure(a) / figure(b));

    private static IEnumerable<double> Ratios(IEnumerable<Reads.Figures> figures, string one, string other) =>
        figures.Where(f => f.Contestant == one).Zip(figures.Where(f => f.Contestant == other), (a, b) => a.PerSecond / b.PerSecond);

    private static IEnumerable<double> AboveDirect(IEnumerable<BesideReads.Figures> figures) =>
        figures.Where(f => f.Contestant == TotalLocal).Zip(figures.Where(f => f.Contestant == Bare.Direct.Name), (a, b) => (a.WriteP50 - b.WriteP50).TotalMilliseconds);

    private static IEnumerable<double> NineAgainstThree(IEnumerable<Sample> lengths) =>
        lengths.Where(s => s.Nodes == 9).Zip(lengths.Where(s => s.Nodes == 3), (nine, three) => nine.CpuPer10k / 9 / (three.CpuPer10k / 3));
}
