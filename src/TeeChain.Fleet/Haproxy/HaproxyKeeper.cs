using System.Collections.Frozen;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// Keeps a running HAProxy in step with the fleet, without a reload: each second, and whenever the registry knows something
/// new, it compares what HAProxy has with what it should have and says the difference. So it does not matter what happened in
/// between: a restart of HAProxy (which forgets added servers), a command that failed, somebody else's hand. What it cannot do
/// now it tries again in the next step. While the registry or HAProxy cannot be reached, HAProxy stays as it is.
/// </summary>
/// <param name="bundled">Tells what a backend's servers are given.</param>
/// <param name="tls">Null: nodes speak without TLS.</param>
/// <param name="seen">Takes each look at HAProxy: who counts from it.</param>
internal sealed partial class HaproxyKeeper(
    IFleetSource fleet, RuntimeApi api, HostNames names, BundledConfiguration bundled, Action<FrontSnapshot> seen, TimeProvider time, ILogger<HaproxyKeeper> log, ServerTls? tls = null)
{
    /// <summary>HAProxy forgets at a restart; its clients see 503 for this long at most, and half a second for the checks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Written by StepAsync alone.
    private readonly HashSet<ServerId> _added = [];
    private IReadOnlyList<string> _problems = [];
    private int? _process;

    /// <summary>What keeps HAProxy from being as it should; empty when it is. Published after each step.</summary>
    public IReadOnlyList<string> Problems => Volatile.Read(ref _problems);

    /// <summary>Whether a step has brought HAProxy up to date: nothing was left to say.</summary>
    public bool IsInStep { get; private set; }

    /// <summary>Steps until it is cancelled. Each step ends within seconds, whatever hangs.</summary>
    /// <param name="stepped">Called behind every step.</param>
    public async Task RunAsync(Action stepped, CancellationToken cancellation)
    {
        while (true)
        {
            var view = fleet.Current;
            await StepAsync(cancellation);
            stepped();
            using var pause = new CancellationTokenSource(Interval, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, pause.Token);
            try
            {
                await fleet.ChangedAsync(view.Version, either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Nothing new: HAProxy may have changed.
            }
        }
    }

    /// <summary>Looks and says what is to be said. Does not throw for what HAProxy, its socket or a name server do.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        var problems = new List<string>();
        if (await LookAsync(problems, cancellation) is { } now)
        {
            seen(now);
            var view = fleet.Current;
            IsInStep = WantedServersRule.IsKnown(view) && await BringAsync(view, now, problems, cancellation);
        }
        else
        {
            IsInStep = false;
        }

        Show(problems);
    }

    private async Task<FrontSnapshot?> LookAsync(List<string> problems, CancellationToken cancellation)
    {
        switch (await api.AskAsync(FrontSnapshot.Commands, cancellation))
        {
            case RuntimeAnswer.Said said:
                try
                {
                    var now = FrontSnapshot.Parse(said.Answers);
                    Notice(now.Process);
                    return now;
                }
                catch (FormatException exception)
                {
                    problems.Add($"{api.Address} is not understood: {exception.Message}");
                    return null;
                }

            case RuntimeAnswer.Failed failed:
                problems.Add(Unreachable(failed));
                return null;
            default:
                throw new InvalidOperationException("An answer without an arm here.");
        }
    }

    private void Notice(int process)
    {
        if (_process is { } before && before != process)
        {
            _added.Clear();
            LogAnother(process, before);
        }

        _process = process;
    }

    private async Task<bool> BringAsync(FleetView view, FrontSnapshot now, List<string> problems, CancellationToken cancellation)
    {
        problems.AddRange(Backends.All.Where(backend => !now.Backends.Contains(backend)).Select(
            backend => $"HAProxy has no backend {backend}: its configuration should be the bundled haproxy.cfg, or have its four backends"));
        var wanted = WantedServersRule.From(view, await names.ResolveAsync(view.Workers, problems, cancellation), tls);
        var deletable = _added.Where(id => now.Counts.TryGetValue(id, out var counts) && counts.Open == 0).ToFrozenSet();
        var changes = HaproxyPlanRule.Changes(wanted, WantedServersRule.Members(view), now.Servers, now.Backends, deletable, bundled.ServerKeywords);
        foreach (var change in changes)
        {
            if (!await SayAsync(change, problems, cancellation))
            {
                break; // The others would wait as long.
            }
        }

        return changes.Count == 0 && problems.Count == 0;
    }

    /// <summary>Ends with the first command that is refused: the rest builds on it. The next step sees how far it came.</summary>
    /// <returns>Whether HAProxy can be reached.</returns>
    private async Task<bool> SayAsync(ServerChange change, List<string> problems, CancellationToken cancellation)
    {
        foreach (var command in change.Commands)
        {
            switch (await api.AskAsync([command], cancellation))
            {
                case RuntimeAnswer.Failed failed:
                    problems.Add(Unreachable(failed));
                    return false;
                case RuntimeAnswer.Said { Answers: [var answer] } when !RuntimeAnswerRule.IsConsent(answer):
                    problems.Add($"HAProxy answers '{command}' with: {answer}");
                    return true;
            }

            if (change.IsAddition)
            {
                _added.Add(change.Server);
            }
        }

        LogChange(change.Server, change.What);
        return true;
    }

    private static string Unreachable(RuntimeAnswer.Failed failed) => $"HAProxy cannot be reached: {failed.Why}";

    // Each is shown once, and that it is over once, however many steps it lasts.
    private void Show(List<string> problems)
    {
        foreach (var problem in problems.Except(_problems))
        {
            LogProblem(problem);
        }

        if (problems.Count == 0 && _problems.Count > 0)
        {
            LogOver();
        }

        Volatile.Write(ref _problems, problems);
    }

    [LoggerMessage(LogLevel.Information, "HAProxy: {Server} {What}", EventName = "haproxy_changed")]
    private partial void LogChange(ServerId server, string what);

    [LoggerMessage(LogLevel.Information, "HAProxy was restarted or reloaded: process {Process} after {Before}", EventName = "haproxy_restarted")]
    private partial void LogAnother(int process, int before);

    [LoggerMessage(LogLevel.Warning, "{Problem}", EventName = "haproxy_problem")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Information, "HAProxy takes what it is told again", EventName = "haproxy_back")]
    private partial void LogOver();
}
