using System.Net;
using Compare.Load;
using Compare.Systems;

namespace Compare.Parts;

/// <summary>Writes at 100/s beside reads at 1,000/s, through HAProxy: what a write costs its client where nothing is scarce.</summary>
internal sealed class BesideReads(Arena arena, TimeSpan warmUp, TimeSpan duration)
{
    public const int WritesPerSecond = 100;
    public const int ReadsPerSecond = 1000;

    public async Task<Figures> RunAsync(Contestant contestant)
    {
        await arena.Applications.ResetAsync();
        await using var system = await contestant.StartAsync(arena);
        var (haproxy, front) = await HaproxyFront.StartAsync(arena, system.Entries[0], arena.Nodes(contestant.Nodes));
        await using var stopping = haproxy;
        var ledger = new Ledger();
        await RunAsync(front, ledger, warmUp);
        var (writes, reads) = await RunAsync(front, ledger, duration);
        return new Figures(
            contestant.Name, writes.Latencies.Percentile(50), writes.Latencies.Percentile(99), reads.Latencies.Percentile(50), reads.Latencies.Percentile(99), writes.Failed + reads.Failed);
    }

    /// <summary>The disk's own part, as if it were a contestant.</summary>
    public async Task<Figures> RunDiskAsync()
    {
        var latencies = await Dedicated.RunAsync(() => DiskAlone.Run(arena.Folder, duration));
        return new Figures("the disk alone: 500 bytes and fdatasync", latencies.Percentile(50), latencies.Percentile(99), TimeSpan.Zero, TimeSpan.Zero, 0);
    }

    private static Task<(LoadResult Writes, LoadResult Reads)> RunAsync(IPEndPoint front, Ledger ledger, TimeSpan duration) => Dedicated.RunAsync(() =>
    {
        using var loop = new OpenLoop(front, new WriteRequest(Contestant.WithBody), new ReadRequest(), ledger);
        return loop.Run(WritesPerSecond, ReadsPerSecond, duration);
    });

    /// <summary>One contestant in one round.</summary>
    internal sealed record Figures(string Contestant, TimeSpan WriteP50, TimeSpan WriteP99, TimeSpan ReadP50, TimeSpan ReadP99, int Failed);
}
