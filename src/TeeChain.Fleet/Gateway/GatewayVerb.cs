using System.Runtime.InteropServices;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;
using TeeChain.Protocol;
using TeeChain.Protocol.Systemd;
using TeeChain.Protocol.Tls;
using Yarp.ReverseProxy.Health;

namespace TeeChain.Fleet.Gateway;

/// <summary><c>teechain gateway</c>: a front door, and the registry where it is asked for. Wiring, start and stop.</summary>
internal static partial class GatewayVerb
{
    private static readonly TimeSpan StatisticsPatience = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(GatewayFlags flags)
    {
        if (GatewayPlan.Of(flags, Environment.GetEnvironmentVariable, out var wrong) is not { } plan)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong}.");
            return Verbs.Misused;
        }

        try
        {
            using var logs = ConsoleLog.Create(plan.HasJsonLog);
            return await (plan.Registry is { } own ? RunWithRegistryAsync(plan, own, logs) : RunWithoutAsync(plan, logs));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            var hint = KestrelAddress.IsInUse(e) ? " Give another --listen or --registry-listen." : "";
            await Console.Error.WriteLineAsync($"teechain: {e.Message}{hint}");
            return 1;
        }
    }

    private static async Task<int> RunWithRegistryAsync(GatewayPlan plan, GatewayPlan.OwnRegistry own, ILoggerFactory logs)
    {
        var time = TimeProvider.System;
        using var registry = FleetRegistry.Open(own.Folder, plan.Secret, time, logs.CreateLogger<FleetRegistry>());
        using var nodes = new NodeClient(plan.Secret, wire: plan.Options.Wire);
        using var keeper = new ChainKeeper(registry, nodes, time);
        return await RunAsync(
            plan, registry, new OwnDesk(registry), new RegistryGuard(plan.Secret, own.Listen),
            (endpoints, tls) => RegistryServer.Build(own.Listen, endpoints, logs, tls),
            cancellation => [registry.RunAsync(cancellation), keeper.RunAsync(cancellation)], logs, time);
    }

    private static async Task<int> RunWithoutAsync(GatewayPlan plan, ILoggerFactory logs)
    {
        var time = TimeProvider.System;
        using var fleet = new RemoteFleet(plan.RegistryUrl!, plan.Secret, time, logs.CreateLogger<RemoteFleet>(), plan.Options.Wire);
        using var desk = new RemoteDesk(plan.RegistryUrl!, plan.Options.Wire);
        return await RunAsync(
            plan, fleet, desk, new RegistryGuard(plan.Secret, plan.Options.Listen), (_, _) => null, cancellation => [fleet.RunAsync(cancellation)], logs, time);
    }

    private static async Task<int> RunAsync(
        GatewayPlan plan, IFleetSource fleet, IAnnouncementDesk desk, RegistryGuard guard, Func<RegistryEndpoints, CredentialsWatch?, WebApplication?> registryServer,
        Func<CancellationToken, IEnumerable<Task>> fleetLoops, ILoggerFactory logs, TimeProvider time)
    {
        var counts = new RequestCounts();
        using var store = plan.StatsDb is { } file ? new StatisticsStore(file, StatisticsPatience) : null;
        var statistics = new StatisticsKeeping(counts, store, logs.CreateLogger<StatisticsKeeping>());
        statistics.Load(); // a file of another release ends the start here

        var endpoints = new RegistryEndpoints(fleet, desk, guard, time, new Dictionary<string, RequestDelegate>
        {
            ["/worker/stats"] = context => StatsAnswer.WriteAsync(context, statistics.Current(), fleet.Current.Workers.Select(static worker => worker.Name)),
        });
        var own = plan.HasOwnPaths ? new OwnPaths(RegistryEndpoints.FrontPaths, async context => await endpoints.TryHandleAsync(context, RegistryEndpoints.FrontPaths)) : null;
        var log = logs.CreateLogger<GatewayPlan>();
        var tls = plan.Tls is { } read ? new CredentialsWatch(read, by => LogReplaced(log, by.Files.Certificate, by.Expires), problem => LogTls(log, problem), time) : null;
        using var onHangUp = HangUp.Take(tls);
        await using var admin = registryServer(endpoints, tls);

        using var signals = new StopSignals(PosixSignal.SIGTERM, PosixSignal.SIGINT);
        using var running = new CancellationTokenSource();
        var systemd = SystemdNotifier.FromEnvironment(static () => null, time, Console.Error.WriteLine);
        var keeping = Task.Factory.StartNew(() => statistics.Run(running.Token), TaskCreationOptions.LongRunning);
        List<Task> loops = [keeping, .. fleetLoops(running.Token), .. tls is null ? (Task[])[] : [tls.RunAsync(running.Token)]];
        try
        {
            await (admin?.StartAsync() ?? Task.CompletedTask);
            var look = new FirstLook(signals.Asked, time, logs.CreateLogger<FirstLook>());
            await look.AtFleetAsync(fleet);
            var feed = new FleetFeed(fleet, plan.Options);
            await using var front = GatewayServer.Build(plan.Options, feed, counts, own, logs, time, tls: tls); // probes whom the feed has now
            loops.Add(feed.RunAsync(running.Token));
            await look.AtWorkersAsync(front.Services.GetRequiredService<IActiveHealthCheckMonitor>());
            await front.StartAsync();
            LogStarted(log, plan.Options.Listen, plan.Registry?.Listen.HttpUri ?? plan.RegistryUrl!);
            systemd.Ready();
            var watchdog = systemd.RunAsync(running.Token); // ends at once where systemd asks for none

            var ended = await Task.WhenAny([signals.Asked, .. loops]);
            systemd.Stopping();
            if (ended != signals.Asked)
            {
                LogFailed(log, ended.Exception?.GetBaseException().Message ?? "a loop ended that must not");
            }

            // Nothing new is taken; what is on its way is finished.
            using var patience = signals.Patience(Timeouts.Stop);
            await front.StopAsync(patience.Token);
            await (admin?.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
            await running.CancelAsync();
            await watchdog.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ended == signals.Asked ? 0 : 1;
        }
        finally
        {
            await running.CancelAsync();
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Information, "The front door listens on {Listen}; the registry is {Registry}.", EventName = "gateway_started")]
    private static partial void LogStarted(ILogger log, Address listen, Uri registry);

    [LoggerMessage(LogLevel.Warning, "TLS: {Problem}.", EventName = "gateway_certificate_problem")]
    private static partial void LogTls(ILogger log, string problem);

    [LoggerMessage(LogLevel.Information, "The certificate was replaced by what {File} holds now; it expires at {Expires:u}.", EventName = "gateway_certificate_replaced")]
    private static partial void LogReplaced(ILogger log, string file, DateTimeOffset expires);

    [LoggerMessage(LogLevel.Critical, "The front door stops: {Cause}", EventName = "gateway_failed")]
    private static partial void LogFailed(ILogger log, string cause);
}
