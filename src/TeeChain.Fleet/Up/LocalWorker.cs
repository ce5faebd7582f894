using TeeChain.Fleet.Processes;

namespace TeeChain.Fleet.Up;

/// <summary>The two processes of a worker on this machine, kept running until they are stopped: the teeproxy first, so that what is on its way is answered.</summary>
internal sealed class LocalWorker(Place place, SupervisedChild app, SupervisedChild teeproxy)
{
    public Place Place { get; } = place;

    public int Restarts => app.State.Restarts + teeproxy.State.Restarts;

    public static LocalWorker Start(Place place, CommandLines commands, Launcher launcher, Action<string> tell, TimeProvider time) => new(
        place,
        SupervisedChild.Start(commands.App(place), launcher, tell, time),
        SupervisedChild.Start(commands.Teeproxy(place), launcher, tell, time));

    /// <summary>Whether it ended by itself.</summary>
    public Task<bool> StopTeeproxyAsync(CancellationToken patience) => teeproxy.StopAsync(patience);

    /// <inheritdoc cref="StopTeeproxyAsync"/>
    public Task<bool> StopAppAsync(CancellationToken patience) => app.StopAsync(patience);

    /// <inheritdoc cref="StopTeeproxyAsync"/>
    public async Task<bool> StopAsync(CancellationToken patience)
    {
        var isOrderly = await StopTeeproxyAsync(patience);
        return await StopAppAsync(patience) && isOrderly;
    }
}
