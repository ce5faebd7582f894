using TeeChain.Fleet.Gateway;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Processes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Up;

/// <summary>An HAProxy of our own: its configuration is rendered at each start, and from then on it follows the registry through its Runtime API.</summary>
internal sealed class HaproxyDoor : IFrontDoor
{
    /// <summary>To write and check the configuration, and to start: seconds where the machine is busy.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(15);

    /// <summary>SIGTERM would cut off what is on its way.</summary>
    private static readonly Farewell Soft = new(Signals.User1, Timeouts.Stop);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly SupervisedChild _process;
    private readonly string _socket;
    private readonly TimeProvider _time;
    private readonly HaproxyKeeper _keeper;
    private readonly HaproxyCounts _counted = new(isFromTheStart: true);
    private readonly RequestCounts _counts;
    private volatile FrontSnapshot? _seen; // written by the keeper's steps alone

    public HaproxyDoor(
        string name, int port, HaproxyFront front, IFleetSource fleet, RequestCounts counts, BundledConfiguration bundled, string log, Launcher launcher, Action<string> tell, TimeProvider time, ILoggerFactory logs)
    {
        (Name, Port, _counts, _socket, _time) = (name, port, counts, front.Socket, time);
        File.Delete(_socket); // Of an earlier run: it would be taken for that of the HAProxy that starts now.
        _keeper = new HaproxyKeeper(
            fleet, new RuntimeApi(front.Socket, RuntimeApi.DefaultTimeout, time), new HostNames(time), bundled, See, time, logs.CreateLogger<HaproxyKeeper>());
        _process = SupervisedChild.Start(name, async cancellation => Plan(name, log, await front.PrepareAsync(fleet.Current, cancellation)), launcher, tell, time);
    }

    public string Name { get; }

    public string Kind => "HAProxy";

    public int Port { get; }

    public int Restarts => _process.State.Restarts;

    public int? OnTheirWay(string worker) => (int?)_seen?.Counts.Where(one => one.Key.Name == worker).Sum(one => one.Value.Open);

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var began = _time.GetTimestamp(); !File.Exists(_socket) && _time.GetElapsedTime(began) < StartPatience; await Task.Delay(Look, _time, cancellation))
        {
        }

        await _keeper.RunAsync(() => { }, cancellation);
    }

    /// <summary>After <see cref="RunAsync"/> has ended: one more look counts what came since the last.</summary>
    public async Task<bool> StopAsync(CancellationToken patience)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(patience);
        look.CancelAfter(RuntimeApi.DefaultTimeout);
        await _keeper.StepAsync(look.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await _process.StopAsync(patience);
    }

    private static ChildPlan Plan(string name, string log, FrontCommand command) => command.Refusal is { } refusal
        ? throw new IOException(refusal.ReplaceLineEndings(" | "))
        : new ChildPlan(name, [command.Program, .. command.Arguments], log) { Environment = command.Environment, Farewell = Soft };

    private void See(FrontSnapshot now)
    {
        _seen = now;
        foreach (var counts in _counted.Step(now))
        {
            _counts.Add(counts);
        }
    }
}
