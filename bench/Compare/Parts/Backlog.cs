using System.Diagnostics;
using Compare.Load;
using Compare.Processes;
using Compare.Systems;

namespace Compare.Parts;

/// <summary>A node is killed, the chain takes 100,000 writes without it, the node comes back: how long until its application has them.</summary>
internal sealed class Backlog(Arena arena)
{
    public const int Writes = 100_000;

    public async Task<Figures> RunAsync(TeeChainSystem system)
    {
        await arena.Applications.ResetAsync();
        var nodes = system.Plan(arena);
        var processes = new List<Child>(nodes.Select(node => node.Start(arena)));
        await using var running = new RunningSystem([nodes[0].Listen], processes);
        await TeeChainSystem.FoundAsync(arena, nodes, processes);

        await processes[^1].KillAsync();
        await processes[^1].DisposeAsync();
        var ledger = new Ledger();
        using (var loop = new ClosedLoop(running.Entries, Saturated.Clients, new WriteRequest(Contestant.WithBody), ledger))
        {
            await Dedicated.RunAsync(() => loop.Run(TimeSpan.FromMinutes(5), Writes));
        }

        var begun = Stopwatch.GetTimestamp();
        processes[^1] = nodes[^1].Start(arena);
        await processes[^1].UntilAsync("it lives", () => Web.IsGoodAsync(arena.Http, $"http://{nodes[^1].Admin}/livez"));
        var started = Stopwatch.GetElapsedTime(begun);
        var last = (Count: 0, At: Stopwatch.GetTimestamp());
        while (last.Count < ledger.Acknowledged.Count)
        {
            var count = (await arena.Applications.CountsAsync(system.Nodes))[^1];
            last = count > last.Count ? (count, Stopwatch.GetTimestamp()) : last;
            if (Stopwatch.GetElapsedTime(last.At) > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException($"{system.Contestant.Name}: the node that came back has {last.Count} of {ledger.Acknowledged.Count} writes and gets no more.");
            }

            await Task.Delay(20);
        }

        return new Figures(system.Contestant.Name, ledger.Acknowledged.Count, started, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>One system in one round.</summary>
    /// <param name="Writes">That it had missed.</param>
    /// <param name="Started">Until the process answered.</param>
    /// <param name="Drained">From its start until its application had them all.</param>
    internal sealed record Figures(string Contestant, int Writes, TimeSpan Started, TimeSpan Drained);
}
