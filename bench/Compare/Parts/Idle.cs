using Compare.Systems;

namespace Compare.Parts;

/// <summary>What the nodes of a chain take while nobody writes: heartbeats, probes, readiness.</summary>
internal sealed class Idle(Arena arena)
{
    /// <summary>Processor time is counted in steps of 10 ms: less than this could not tell 0.5 % from nothing.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    /// <summary>After the start: what happens once or twice a second is compiled anew when it has happened 30 times, and that is not idling.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);

    /// <summary>Percent of a core, a node each.</summary>
    public async Task<double[]> RunAsync()
    {
        var contestant = new TeeChainSystem("total", "local", 3).Contestant;
        await using var system = await contestant.StartAsync(arena);
        await Task.Delay(Settling);
        var before = system.Proxies.Select(proxy => proxy.Figures.Cpu).ToArray();
        await Task.Delay(Watched);
        return [.. system.Proxies.Select((proxy, i) => 100 * (proxy.Figures.Cpu - before[i]) / Watched)];
    }
}
