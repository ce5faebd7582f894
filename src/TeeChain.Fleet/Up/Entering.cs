using TeeChain.Fleet.Config;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Up;

/// <summary>
/// Brings a worker of this machine into the fleet and out of it, processes, folders and chain together. Where the chain no
/// longer keeps its beginning, a newcomer is seeded: the head's writes are held, the application's state is copied from the
/// tail, the hold is ended, and only a copy under a hold that stood is used.
/// </summary>
internal sealed class Entering(
    FleetFile file, DataFolder data, CommandLines commands, Crew crew, FleetRegistry registry, Joining joining, Leaving leaving, Action<string> tell)
{
    /// <summary>To be brought up to date: a journal's day may be long.</summary>
    private static readonly TimeSpan CatchUp = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    /// <summary>Null when it is in the chain, has caught up, and may be read from; else why not.</summary>
    public async Task<string?> EnterAsync(Place place, bool isNew, CancellationToken cancellation)
    {
        if (isNew)
        {
            if (FreePorts.WhyNot(place, file) is { } taken)
            {
                return taken;
            }

            data.EmptyWorker(place.Name);
        }

        if (!crew.Workers.ContainsKey(place.Name))
        {
            crew.Start(place);
        }

        // It announces itself nowhere, so nobody tells it that the fleet has a chain: it calls itself ready before it is in it.
        var newcomer = place.Worker(file) with { State = WorkerState.Draining };
        var state = await joining.RunAsync(newcomer, CatchUp, cancellation);
        if (state.Stage == JoinStage.MustBeSeeded)
        {
            tell($"{place.Name} must be seeded: {state.Why}");
            if (await SeedAsync(place, cancellation) is { } why)
            {
                return why;
            }

            crew.Start(place);
            state = await joining.RunAsync(newcomer, CatchUp, cancellation);
        }

        if (state.Stage != JoinStage.Joined)
        {
            return state.Why ?? "it did not join";
        }

        registry.SetState(place.Name, WorkerState.Present);
        return null;
    }

    /// <summary>Null when it is gone from the fleet, and its processes from the machine; else why not: then it runs.</summary>
    public async Task<string?> LeaveAsync(Place place, CancellationToken cancellation)
    {
        if (registry.Roster.Find(place.Name) is not null && await leaving.RunAsync(place.Name, cancellation) is { } why)
        {
            return why;
        }

        await StopAsync(place);
        data.PutAside(place.Name);
        return null;
    }

    /// <summary>Null when its two folders hold what the others hold; then it does not run.</summary>
    private async Task<string?> SeedAsync(Place place, CancellationToken cancellation)
    {
        if (registry.Current.Workers.LastOrDefault(worker => worker.Name != place.Name && crew.Workers.ContainsKey(worker.Name)) is not { } tail)
        {
            return "no worker of this machine is there to copy from";
        }

        if (commands.Seed(crew.Workers[tail.Name].Place, place) is not { } seed)
        {
            return "the chain no longer keeps its beginning, and the file has no seed-command that copies the application's state";
        }

        await StopAsync(place);
        data.EmptyWorker(place.Name);
        var copied = await joining.CopyUnderHoldAsync(file.SeedTimeout, (_, left) => crew.RunOnceAsync(seed, left), cancellation);
        return copied.Value is { } grant
            ? await crew.RunOnceAsync(commands.SeedJournal(place, grant.Chain, grant.Position), cancellation)
            : $"its application could not be seeded from {tail.Name}: {copied.Why}";
    }

    private async Task StopAsync(Place place)
    {
        using var patience = new CancellationTokenSource(StopPatience);
        if (!await crew.StopAsync(place, patience.Token))
        {
            tell($"{place.Name} did not stop within {StopPatience.TotalSeconds:0} s and was killed");
        }
    }
}
