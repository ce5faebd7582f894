using System.Runtime.InteropServices;
using TeeChain.Protocol;
using TeeChain.Protocol.Systemd;
using TeeChain.Protocol.Tls;
using TeeProxy.Chain;
using TeeProxy.Registration;

namespace TeeProxy;

/// <summary>
/// A node's life: its loops start, run until somebody asks it to stop or one of them fails, and end in order.
/// </summary>
/// <param name="announcer">Null where the node announces itself to nobody.</param>
internal sealed partial class NodeLife(Node node, SystemdNotifier systemd, Announcer? announcer, ILogger<NodeLife> log)
{
    /// <summary>How long what is in flight may take once nothing new is admitted.</summary>
    private static readonly TimeSpan Finishing = TimeSpan.FromSeconds(5);

    /// <summary>How long answers that are due may take after a failure.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<string> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Exit code: 0 when asked to stop, 1 when something that must not fail has failed.</summary>
    /// <param name="server">Starts and stops the doors.</param>
    public async Task<int> RunAsync(WebApplication server)
    {
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var onHangUp = HangUp.Take(node.Credentials);
        using var delivering = new CancellationTokenSource();
        using var running = new CancellationTokenSource();

        var local = node.Local.RunAsync(delivering.Token);
        List<Task> loops =
        [
            node.Heart.RunAsync(running.Token),
            node.Retention.RunAsync(running.Token),
            node.Probe.RunAsync(running.Token),
            node.Confirmation.RunAsync(running.Token),
            node.Orphans.RunAsync(running.Token),
            node.Gate.RunAsync(running.Token),
            LookAsync(new StateLog(() => node.Member.Standing.Current.Membership, node.Status.Ready, () => node.Journal.IsWaitingForRoom, node.Disk, log), running.Token),
        ];
        if (node.Credentials is not null)
        {
            loops.Add(node.Credentials.RunAsync(running.Token));
        }

        var watchdog = systemd.RunAsync(running.Token); // ends at once where systemd asks for none
        try
        {
            await server.StartAsync();
        }
        catch
        {
            // Why the doors stay shut is the last word: nothing that runs may still log.
            await running.CancelAsync();
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        loops.Add(node.Successors.RunAsync(running.Token));
        LogStarted(node.Options.Listen, node.Options.Admin, node.Options.Local, node.Next.Current.Addresses is [_, ..] next ? string.Join(", ", next) : "nobody", node.Options.Data);
        systemd.Ready();
        var announcing = announcer?.RunAsync(running.Token) ?? Task.CompletedTask;

        var ended = await Task.WhenAny([_asked.Task, node.Journal.Faulted, local, .. loops]);
        systemd.Stopping();
        var code = 0;
        if (ended == _asked.Task)
        {
            await DepartAsync(local, delivering);
        }
        else
        {
            code = 1;
            LogFailed(node.Status.NotLive() ?? Cause(ended));
            node.Departure.Close();
            await delivering.CancelAsync();
            node.Abort();
            node.Pending.ReleaseAll("The node stops after a failure; the write is recorded.");
        }

        await running.CancelAsync();

        // Who waits for an answer gets it: after a failure too, when it says that nobody knows.
        using var patience = new CancellationTokenSource(code == 0 ? Finishing : LastWords, node.Time);
        await server.StopAsync(patience.Token);
        await Task.WhenAll([local, watchdog, announcing, .. loops]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return code;
    }

    /// <summary>What is remembered and told of the node for people: both in one wake-up, as often as the node hears of its head.</summary>
    private async Task LookAsync(StateLog states, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pulse.Interval, node.Time);
        do
        {
            node.Watch.Step();
            states.Step();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Not ready, then nothing new, then what is in flight, then good-bye.</summary>
    private async Task DepartAsync(Task local, CancellationTokenSource delivering)
    {
        node.Departure.Drain();
        LogDraining(await _asked.Task, node.Options.Drain);
        await Task.WhenAll(Task.Delay(node.Options.Drain, node.Time), announcer?.FarewellAsync() ?? Task.CompletedTask);

        node.Departure.Close();
        var patience = node.Time.GetTimestamp();
        while (node.Pending.Count > 0 && node.Time.GetElapsedTime(patience) < Finishing)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), node.Time);
        }

        node.Pending.ReleaseAll("The node stops; the write is recorded and will be delivered.");
        await delivering.CancelAsync();
        await Task.WhenAny(local, Task.Delay(Finishing, node.Time));
        var isClean = local.IsCompletedSuccessfully;
        node.Abort();
        if (isClean)
        {
            node.Cursor.Save(isCleanStop: true);
        }
    }

    private void Ask(PosixSignalContext context)
    {
        context.Cancel = true;
        _asked.TrySetResult(context.Signal.ToString());
    }

    private static string Cause(Task ended) => ended.Exception?.GetBaseException().Message ?? "a loop ended that must not";

    [LoggerMessage(LogLevel.Information, "teeproxy listens on {Listen}, admin on {Admin}, application {Local}, next {Next}, data in {Data}.", EventName = "node_started")]
    private partial void LogStarted(Address listen, Address admin, Address local, string next, string data);

    [LoggerMessage(LogLevel.Information, "{Signal}: not ready any more; serving for {Drain} longer, then finishing what is in flight.", EventName = "node_draining")]
    private partial void LogDraining(string signal, TimeSpan drain);

    [LoggerMessage(LogLevel.Critical, "The node stops: {Cause}", EventName = "node_failed")]
    private partial void LogFailed(string cause);
}
