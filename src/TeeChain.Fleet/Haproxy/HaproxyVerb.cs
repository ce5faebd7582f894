using System.Runtime.InteropServices;
using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Options;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol.Systemd;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Haproxy;

/// <summary><c>teechain haproxy</c>: follows a registry elsewhere until SIGTERM or SIGINT.</summary>
internal static class HaproxyVerb
{
    /// <summary>Steps are a second apart; one in which every name server hangs takes some more.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(HaproxyFlags flags)
    {
        var registry = RegistryFlag.Parse(flags.Registry, out var wrongRegistry);
        var secret = SecretFlag.Read(flags.SecretFile, out var wrongSecret);
        var wrongSocket = RuntimeApi.IsAddress(flags.Socket) ? null : $"--socket is '{flags.Socket}'; allowed: a path of at most 107 bytes, or HOST:PORT";
        var healthInterval = HealthIntervalFlag.Parse(flags.HealthInterval, out var wrongInterval);
        var wire = TlsCaFlag.Read(flags.TlsCa, out var wrongCa);
        var tls = flags.TlsCa is { } file ? new ServerTls(file) : null;
        wrongCa ??= tls is { IsWord: false } ? $"--tls-ca is '{flags.TlsCa}'; allowed: a path without spaces, quotes, semicolons, # and backslashes, as HAProxy's commands take it" : null;
        var hasJsonLog = LogFlag.IsJson(flags.Log, out var wrongLog);
        if ((wrongRegistry ?? wrongSecret ?? wrongSocket ?? wrongInterval ?? wrongCa ?? wrongLog) is { } wrong)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong}");
            return Verbs.Misused;
        }

        using var stop = new CancellationTokenSource();
        using var logs = ConsoleLog.Create(hasJsonLog);
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onHangUp = HangUp.Take(null); // --tls-ca is read at the start
        return await KeepAsync(registry!, secret, wire, tls, flags.Socket, BundledConfiguration.Load().Checking(ProbeRule.IntervalOf(healthInterval!.Value)), logs, TimeProvider.System, stop.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> KeepAsync(
        Uri registry, ReadOnlyMemory<byte> secret, NodeWire wire, ServerTls? tls, string socket, BundledConfiguration bundled, ILoggerFactory logs, TimeProvider time, CancellationToken cancellation)
    {
        using var fleet = new RemoteFleet(registry, secret, time, logs.CreateLogger<RemoteFleet>(), wire);
        var keeper = new HaproxyKeeper(
            fleet, new RuntimeApi(socket, RuntimeApi.DefaultTimeout, time), new HostNames(time), bundled, _ => { }, time, logs.CreateLogger<HaproxyKeeper>(), tls);
        var stepped = time.GetTimestamp();
        var systemd = SystemdNotifier.FromEnvironment(
            () => time.GetElapsedTime(Volatile.Read(ref stepped)) < LongestStep ? null : "the keeper hangs", time, Console.Error.WriteLine);

        var keeping = keeper.RunAsync(
            () =>
            {
                Volatile.Write(ref stepped, time.GetTimestamp());
                systemd.Status(keeper.Problems is [var first, ..] ? first : keeper.IsInStep ? "HAProxy is in step with the registry" : "HAProxy is being told");
            },
            cancellation);
        systemd.Ready();
        List<Task> loops = [fleet.RunAsync(cancellation), keeping, systemd.RunAsync(cancellation)];
        loops.RemoveAll(loop => loop.IsCompletedSuccessfully); // No watchdog is asked for.
        try
        {
            await await Task.WhenAny(loops);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }

        systemd.Stopping();
        return cancellation.IsCancellationRequested ? 0 : 1;
    }
}
