using System.Runtime.InteropServices;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Gateway;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Processes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Up;

/// <summary>
/// A whole fleet on this machine: the registry and the scaler in this process, workers and front doors as children. The
/// composition of <c>up</c>, and its life:
/// <list type="number">
/// <item>what an earlier run left is ended, and the ports are looked at: from here on it can fail with nothing started;</item>
/// <item>registry, workers, and once the chain is wired, front doors;</item>
/// <item>asked to stop: front doors, so that nothing new comes in; the head, which hands on what it has; the other teeproxies;
/// the applications. What was not delivered is in the journals.</item>
/// </list>
/// </summary>
internal sealed class LocalFleet : IAsyncDisposable
{
    /// <summary>Before front doors open although the chain is not wired: better some of the fleet than none.</summary>
    private static readonly TimeSpan WiringPatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LeftoversPatience = TimeSpan.FromSeconds(15);

    /// <summary>For the front doors to end by themselves: what they give their requests, and what HAProxy takes after that, and a bit.</summary>
    private static readonly TimeSpan DoorsPatience = Timeouts.Stop + TimeSpan.FromSeconds(5);

    /// <summary>For everything else: a teeproxy's finishing and a bit.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly FleetFile _file;
    private readonly DataFolder _data;
    private readonly IUpScreen _screen;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly FleetRegistry _registry;
    private readonly NodeClient _nodes;
    private readonly ChainKeeper _keeper;
    private readonly StatisticsKeeping _statistics;
    private readonly Crew _crew;
    private readonly Scaler _scaler;
    private readonly FrontDoors _frontDoors;
    private readonly Ledger _ledger;
    private readonly Roll _roll;
    private readonly RegistryGuard _guard;
    private readonly Watchman _watchman; // It acts when nobody holds it.
    private volatile IReadOnlyList<IFrontDoor> _doors = [];

    private LocalFleet(FleetFile file, DataFolder data, (string Path, ReadOnlyMemory<byte> Secret) secret, Tools tools, FleetRegistry registry, ILoggerFactory logs, IUpScreen screen, TimeProvider time)
    {
        (_file, _data, _screen, _time, _logs, _registry) = (file, data, screen, time, logs, registry);
        var launcher = new Launcher(data.Root);
        _watchman = Watchman.Start(launcher.Run);
        _ledger = new Ledger(data.Root);
        var commands = new CommandLines(file, data, tools.Teeproxy, tools.SampleApp, secret.Path);
        var statsDb = Path.GetFullPath(file.StatsDb ?? Path.Combine(data.Root, "worker-stats.db"));
        var counts = new RequestCounts();
        _roll = Roll.AtStart(_ledger.Load(), file);
        _nodes = new NodeClient(secret.Secret);
        _keeper = new ChainKeeper(registry, _nodes, time);
        _statistics = new StatisticsKeeping(counts, new StatisticsStore(statsDb, TimeSpan.FromSeconds(2)), logs.CreateLogger<StatisticsKeeping>());
        _crew = new Crew(data, commands, launcher, screen.Tell, time);
        var entering = new Entering(
            file, data, commands, _crew, registry, new Joining(registry, _keeper, _nodes, time), new Leaving(registry, _keeper, _nodes, OnTheirWay, time), screen.Tell);
        _scaler = new Scaler(file, _ledger, _roll, registry, entering, screen.Tell);
        _frontDoors = new FrontDoors(file, data, secret.Path, statsDb, tools.Haproxy, registry, counts, launcher, screen.Tell, time, logs);
        _guard = new RegistryGuard(secret.Secret, new Address("127.0.0.1", file.RegistryPort));
    }

    /// <summary>The programs that it starts.</summary>
    /// <param name="SampleApp">Null where the file names an application.</param>
    /// <param name="Haproxy">Null where the gateway is the front door.</param>
    private sealed record Tools(string Teeproxy, string? SampleApp, string? Haproxy);

    /// <summary>Nothing runs yet when this fails.</summary>
    /// <exception cref="IOException">A program is missing, a port or the folder is taken.</exception>
    /// <exception cref="InvalidDataException">The secret, registry.json or workers.json cannot be used.</exception>
    public static async Task<LocalFleet> OpenAsync(FleetFile file, IUpScreen screen, TimeProvider time, CancellationToken cancellation)
    {
        var tools = Find(file);
        var data = new DataFolder(file.Data);
        var secret = data.Secret(file.SecretFile);
        var logs = ScreenLogs.Create(screen);
        var registry = FleetRegistry.Open(data.Root, secret.Secret, time, logs.CreateLogger<FleetRegistry>()); // From here the folder is ours.
        try
        {
            if (await Leftovers.EndAsync(data.Root, LeftoversPatience, time, cancellation) is > 0 and var left)
            {
                screen.Tell($"{left} processes of an earlier run that was killed were still there; they are ended");
            }

            var fleet = new LocalFleet(file, data, secret, tools, registry, logs, screen, time);
            fleet._statistics.Load(); // a file of another release ends the start here
            if (fleet.WhyNoPorts(tools) is { } taken)
            {
                throw new IOException($"{taken}.");
            }

            fleet._ledger.Save(fleet._roll); // A later file that says another number is compared with this one.
            return fleet;
        }
        catch
        {
            registry.Dispose();
            logs.Dispose();
            throw;
        }
    }

    /// <summary>Until a signal asks to stop; a second one is an end without patience. The exit status.</summary>
    public async Task<int> RunAsync()
    {
        using var signals = new StopSignals(PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP); // The last: its terminal is closed.
        using var running = new CancellationTokenSource();
        using var showing = new CancellationTokenSource(); // the last counts and words come behind everything else
        var screen = _screen.RunAsync(showing.Token);
        var statistics = Task.Factory.StartNew(() => _statistics.Run(showing.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var endpoints = new RegistryEndpoints(_registry, new OwnDesk(_registry), _guard, _time, new Dictionary<string, RequestDelegate>
        {
            ["/worker/stats"] = context => StatsAnswer.WriteAsync(context, _statistics.Current(), _registry.Current.Workers.Select(worker => worker.Name)),
            ["/scale"] = new ScaleEndpoint(_scaler).ServeAsync,
        });
        await using var server = RegistryServer.Build(new Address("127.0.0.1", _file.RegistryPort), endpoints, _logs);
        await server.StartAsync();
        Muster();

        var overview = new Overview(_screen, _registry, _keeper, _statistics, _scaler, () => _doors, _time);
        List<Task> loops =
        [
            _registry.RunAsync(running.Token), _keeper.RunAsync(running.Token), overview.RunAsync(running.Token),
            LogTrimming.RunAsync(_data, _screen.Tell, _time, running.Token), OpenDoorsAsync(running.Token),
        ];
        var ended = await Task.WhenAny([signals.Asked, statistics, .. loops]);
        var isAsked = ended == signals.Asked;
        _screen.Tell(isAsked ? "The fleet is asked to stop: the front doors first" : $"A part of the fleet failed, and the rest stops: {Cause(ended)}");
        await running.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isOrderly = await StopAsync(signals);
        using (var patience = signals.Patience(StopPatience))
        {
            await server.StopAsync(patience.Token);
        }

        _screen.Tell(isOrderly ? "Everything has stopped; the data stays" : "Everything has stopped, but not everything by itself; what was acknowledged is in the journals");
        await showing.CancelAsync();
        await Task.WhenAll(screen, statistics).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isAsked && isOrderly ? 0 : 1;
    }

    public ValueTask DisposeAsync()
    {
        _watchman.Dispose();
        _keeper.Dispose();
        _nodes.Dispose();
        _registry.Dispose();
        _logs.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Tools Find(FleetFile file)
    {
        var programs = new Programs(AppContext.BaseDirectory.TrimEnd('/'), Environment.GetEnvironmentVariable);
        foreach (var command in ((CommandTemplate?[])[file.App, file.SeedCommand]).OfType<CommandTemplate>())
        {
            if (!command.Words[0].Contains('{', StringComparison.Ordinal) && programs.OnPath(command.Words[0]) is null)
            {
                throw new FileNotFoundException($"{command.Words[0]}, of {(command == file.App ? "app" : "seed-command")}, is not there.");
            }
        }

        var haproxy = FrontDoors.Choose(file, Environment.GetEnvironmentVariable("PATH"), out var wrong);
        return wrong is null ? new Tools(programs.Teeproxy(), file.App is null ? programs.SampleApp() : null, haproxy) : throw new FileNotFoundException(wrong);
    }

    private string? WhyNoPorts(Tools tools) =>
        FreePorts.WhyNot(_file, tools.Haproxy is not null) ?? _roll.Workers.Select(line => FreePorts.WhyNot(line.Place, _file)).OfType<string>().FirstOrDefault();

    /// <summary>The workers of the roll are registered and started; the scaler goes on with who was on the way in or out.</summary>
    private void Muster()
    {
        foreach (var line in _roll.Workers.Where(line => line.Phase != Phase.Leaving || _registry.Roster.Find(line.Name) is not null))
        {
            var worker = line.Place.Worker(_file);
            if (_registry.Register(line.Phase == Phase.In ? worker : worker with { State = WorkerState.Draining }) is { } taken)
            {
                _screen.Tell($"{line.Name} cannot be registered: {taken}");
            }

            _crew.Start(line.Place);
        }
    }

    /// <summary>Front doors open once the chain is wired, so that the first write founds it with everybody.</summary>
    private async Task OpenDoorsAsync(CancellationToken cancellation)
    {
        for (var began = _time.GetTimestamp(); !IsWired() && _time.GetElapsedTime(began) < WiringPatience; await Task.Delay(Look / 5, _time, cancellation))
        {
        }

        _doors = _frontDoors.Start();
        using var serving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> loops = [.. _doors.Select(door => door.RunAsync(serving.Token)), _scaler.RunAsync(serving.Token)];
        if (_file.Autoscale is { } rule)
        {
            loops.Add(new Autoscaler(rule, _scaler, Reads, _screen.Tell, _time).RunAsync(serving.Token));
        }

        try
        {
            await AnnounceAsync(cancellation);
            await await Task.WhenAny(loops);
        }
        finally
        {
            // One that fails takes the others with it; none outlives this, so that nobody starts a worker while the fleet stops.
            await serving.CancelAsync();
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellation)
    {
        foreach (var door in _doors)
        {
            for (var began = _time.GetTimestamp(); !FreePorts.IsTaken(door.Port) && _time.GetElapsedTime(began) < WiringPatience; await Task.Delay(Look / 10, _time, cancellation))
            {
            }

            _screen.Tell($"{door.Name} ({door.Kind}) at http://{(_file.BalancerAddress == "0.0.0.0" ? "127.0.0.1" : _file.BalancerAddress)}:{door.Port}");
        }

        _screen.Tell($"The registry is at http://127.0.0.1:{_file.RegistryPort}; logs are in {_data.Root}/logs");
    }

    private bool IsWired() =>
        _keeper.Plan.Wishes.Count == 0 && _roll.Workers.Where(line => line.Phase == Phase.In).All(line => _keeper.Statuses.TryGetValue(line.Name, out var status) && status.Ready.Read.Ok);

    /// <summary>What the front doors counted, less the writes: each is a record and its outcome in the head's journal.</summary>
    private double Reads() =>
        _statistics.Current().Sum(counts => counts.Total) - ((_keeper.Statuses.Values.Select(status => status.LastSequence).DefaultIfEmpty().Max()) / 2.0);

    private int? OnTheirWay(string worker) =>
        _doors.Select(door => door.OnTheirWay(worker)).Aggregate((int?)0, (sum, count) => sum + count);

    /// <summary>Whether everything ended by itself.</summary>
    private async Task<bool> StopAsync(StopSignals signals)
    {
        var head = _keeper.Plan.Head?.Name ?? (_registry.Current.Workers is [var first, ..] ? first.Name : null);
        using var doorsPatience = signals.Patience(DoorsPatience);
        var doors = await Task.WhenAll(_doors.Select(door => door.StopAsync(doorsPatience.Token)));
        using var crewPatience = signals.Patience(StopPatience);
        var isCrewOrderly = await _crew.StopAllAsync(head, crewPatience.Token);
        return isCrewOrderly && !doors.Contains(false);
    }

    private static string Cause(Task ended) => ended.Exception?.GetBaseException().Message ?? "a loop ended that must not";
}
