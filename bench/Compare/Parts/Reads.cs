using Compare.Load;
using Compare.Systems;

namespace Compare.Parts;

/// <summary>Reads through a front door, at the most that it holds.</summary>
internal sealed class Reads(Arena arena, TimeSpan warmUp, TimeSpan duration)
{
    /// <summary>YARP's first seconds are the compiler's: cold it passes a tenth of what it passes warm, and the ratio says nothing.</summary>
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(20);

    public async Task<Figures> RunAsync(Contestant contestant)
    {
        await using var system = await contestant.StartAsync(arena);
        using var loop = new ClosedLoop(system.Entries, Saturated.Clients, new ReadRequest(), new Ledger());
        await Dedicated.RunAsync(() => loop.Run(warmUp > LeastWarmUp ? warmUp : LeastWarmUp));
        var before = system.Proxies[0].Figures.Cpu;
        var result = await Dedicated.RunAsync(() => loop.Run(duration));
        var cpu = system.Proxies[0].Figures.Cpu - before;
        return new Figures(contestant.Name, result.PerSecond, result.Latencies.Percentile(50), result.Latencies.Percentile(99), cpu.TotalSeconds * 10_000 / result.Answered, result.Failed);
    }

    /// <summary>One front door in one round.</summary>
    /// <param name="CpuPer10k">CPU-seconds of its own process per 10,000 reads.</param>
    internal sealed record Figures(string Contestant, double PerSecond, TimeSpan P50, TimeSpan P99, double CpuPer10k, int Failed);
}
