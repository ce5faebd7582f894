using System.Runtime.InteropServices;
using System.Text.Json;
using Spectre.Console;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary><c>teechain status</c>: 0 when all is well, 1 when a node is down or not ready, 2 for wrong usage.</summary>
internal static class StatusVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(StatusFlags flags)
    {
        if (SurveyOptions.From(flags, out var wrong) is not { } options)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong}");
            return Verbs.Misused;
        }

        using var stop = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var (nodes, registry) = options.Clients();
        using (nodes)
        using (registry)
        {
            var survey = new FleetSurvey(options.Nodes, registry, nodes);
            return await ShowAsync(survey.AskAsync, flags, Console.Out, Console.IsOutputRedirected ? null : AnsiConsole.Console, stop.Token);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <param name="terminal">Null where the output is none.</param>
    public static async Task<int> ShowAsync(
        Func<CancellationToken, Task<StatusReport>> ask, StatusFlags flags, TextWriter output, IAnsiConsole? terminal, CancellationToken cancellation)
    {
        var isOk = false;
        try
        {
            if (flags.Watch && terminal is not null && !flags.Json)
            {
                await terminal.Live(new Text("")).StartAsync(async live =>
                {
                    await EachAsync(report => Update(live, report, terminal.Profile.Width));
                });
            }
            else
            {
                await EachAsync(report => Write(report, flags, output, terminal));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C ends a watch; the last look counts.
        }

        return isOk ? 0 : 1;

        async Task EachAsync(Action<StatusReport> show)
        {
            while (true)
            {
                var report = await ask(cancellation);
                isOk = report.Ok;
                show(report);
                if (!flags.Watch)
                {
                    return;
                }

                await Task.Delay(Interval, cancellation);
            }
        }
    }

    private static void Update(LiveDisplayContext live, StatusReport report, int width)
    {
        live.UpdateTarget(FleetTable.Render(report, width));
        live.Refresh();
    }

    private static void Write(StatusReport report, StatusFlags flags, TextWriter output, IAnsiConsole? terminal)
    {
        if (flags.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
        }
        else if (terminal is not null)
        {
            terminal.Write(FleetTable.Render(report, terminal.Profile.Width));
        }
        else
        {
            output.Write(FleetTable.Plain(report));
        }

        output.Flush();
    }
}
