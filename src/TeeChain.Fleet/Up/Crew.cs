using System.Collections.Concurrent;
using TeeChain.Fleet.Processes;

namespace TeeChain.Fleet.Up;

/// <summary>The workers that run on this machine. Thread-safe.</summary>
internal sealed class Crew(DataFolder data, CommandLines commands, Launcher launcher, Action<string> tell, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, LocalWorker> _workers = [];

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, LocalWorker> Workers => _workers;

    public void Start(Place place)
    {
        data.MakeWorker(place.Name);
        _workers[place.Name] = LocalWorker.Start(place, commands, launcher, tell, time);
    }

    /// <summary>Whether it ended by itself.</summary>
    public async Task<bool> StopAsync(Place place, CancellationToken patience) =>
        !_workers.TryRemove(place.Name, out var worker) || await worker.StopAsync(patience);

    /// <summary>The head first, so that it hands on what it has; then the other teeproxies; then the applications. Whether all ended by themselves.</summary>
    /// <param name="head">Its name; null where nobody knows.</param>
    public async Task<bool> StopAllAsync(string? head, CancellationToken patience)
    {
        var all = _workers.Values.ToArray();
        _workers.Clear();
        var first = all.FirstOrDefault(worker => worker.Place.Name == head);
        var isOrderly = first is null || await first.StopTeeproxyAsync(patience);
        var others = await Task.WhenAll(all.Where(worker => worker != first).Select(worker => worker.StopTeeproxyAsync(patience)));
        var apps = await Task.WhenAll(all.Select(worker => worker.StopAppAsync(patience)));
        return isOrderly && !others.Contains(false) && !apps.Contains(false);
    }

    /// <summary>Runs a program to its end. Null when it exited with 0; else why not.</summary>
    public async Task<string?> RunOnceAsync(ChildPlan plan, CancellationToken cancellation)
    {
        var child = await launcher.StartAsync(plan);
        var ended = child.WaitExitAsync();
        if (await Task.WhenAny(ended, Task.Delay(Timeout.Infinite, cancellation)) != ended)
        {
            await child.StopAsync(plan.Farewell, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }

        return child.ExitCode == 0 ? null : $"{plan.Name} exited with {child.ExitCode} ({LogFile.LastWords(plan.Log)})";
    }
}
