using System.Diagnostics;
using Compare.Load;
using Compare.Systems;

namespace Compare.Parts;

/// <summary>One contestant at the most that it holds: 64 clients, each with its next write as soon as it has its answer.</summary>
internal sealed class Saturated(Arena arena, TimeSpan warmUp, TimeSpan duration)
{
    public const int Clients = 64;

    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(2);

    public async Task<Sample> RunAsync(Contestant contestant)
    {
        await arena.Applications.ResetAsync();
        await using var system = await contestant.StartAsync(arena);
        var ledger = new Ledger();
        using var loop = new ClosedLoop(system.Entries, Clients, new WriteRequest(contestant.Path), ledger);
        await Dedicated.RunAsync(() => loop.Run(warmUp));
        await DrainAsync(contestant.Nodes, ledger);

        var before = system.Cpu;
        var result = await Dedicated.RunAsync(() => loop.Run(duration));
        var counts = await arena.Applications.CountsAsync(contestant.Nodes);
        await DrainAsync(contestant.Nodes, ledger);
        var cpu = system.Cpu - before;

        return new Sample(
            contestant.Name,
            contestant.Nodes,
            result.PerSecond,
            result.Latencies.Percentile(50),
            result.Latencies.Percentile(99),
            cpu.TotalSeconds * 10_000 / result.Answered,
            system.PeakBytes,
            counts.Max() - counts.Min(),
            result.Failed,
            await VerdictsAsync(contestant.Nodes, ledger));
    }

    // Until every application has every acknowledged write, or nothing has come for a while: then the rest is lost.
    private async Task DrainAsync(int nodes, Ledger ledger)
    {
        var counts = await arena.Applications.CountsAsync(nodes);
        for (var changed = Stopwatch.GetTimestamp(); counts.Min() < ledger.Acknowledged.Count && Stopwatch.GetElapsedTime(changed) < QuietFor;)
        {
            await Task.Delay(20);
            var now = await arena.Applications.CountsAsync(nodes);
            if (!now.SequenceEqual(counts))
            {
                changed = Stopwatch.GetTimestamp();
                counts = now;
            }
        }
    }

    private async Task<IReadOnlyList<Verdict>> VerdictsAsync(int nodes, Ledger ledger)
    {
        var logs = await Task.WhenAll(Enumerable.Range(0, nodes).Select(arena.Applications.LogAsync));
        // 0 is the write that founds a chain.
        var first = logs[0].Where(id => id > 0).ToArray();
        return [.. logs.Select(log => Verdict.Of(log, first, ledger.Acknowledged))];
    }
}
