using System.Runtime.InteropServices;
using LoadTest.Checks;
using LoadTest.Engine;
using LoadTest.Options;
using LoadTest.Reports;
using LoadTest.Requests;
using LoadTest.Scenarios;

namespace LoadTest;

/// <summary>
/// One run, from asking the nodes to the report: 1. what the nodes hold before; 2. users are registered; 3. the scenario's phases;
/// 4. what the nodes hold after; 5. the report.
/// </summary>
internal sealed class LoadRun(LoadOptions options, IEngine engine, TextWriter output, bool isTerminal, TimeProvider time)
{
    // A node that was just behind, or an application with a delay, has its time; a node that hangs does not hold the run for ever.
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(30);

    /// <returns>The report; null, and why, where the run could not begin.</returns>
    public async Task<(LoadReport? Report, string? Refusal)> RunAsync(CancellationToken cancellation)
    {
        var started = time.GetUtcNow();
        using var client = new Client();
        using var fleet = new FleetReader(options.Secret);
        var ledger = new WriteLedger();
        var population = new Population(options.Seed, options.Users);
        var traffic = new Traffic(client, population, ledger);
        var check = new WriteCheck(fleet, options.Nodes, time, SettlePatience);

        if (await check.BeginAsync(cancellation) is { } unknown)
        {
            return (null, $"{unknown}; --nodes names the nodes' admin ports, or is {LoadOptions.NoNodes}");
        }

        await output.WriteLineAsync($"{options.Users} users are registered at {options.Url} (seed {options.Seed})");
        if (await traffic.PrepareAsync(options.Url, cancellation) is { } refusal)
        {
            return (null, refusal);
        }

        // An acknowledged write may reach the other nodes a moment later: a login there would fail.
        if (await check.SettleAsync(cancellation) is [var behind, ..])
        {
            return (null, behind);
        }

        var phases = await new Scenario(options, new PhaseRunner(engine, traffic, new Progress(output, isTerminal, time), time))
            .RunAsync(options.Single ?? check.FirstApplication, cancellation);
        await output.WriteLineAsync("comparing what the nodes hold");
        var found = await check.EndAsync(ledger, population.Prefix, options.IsOrderedByUser, cancellation);
        return (Report(started, phases, found), null);
    }

    private LoadReport Report(DateTimeOffset started, IReadOnlyList<PhaseReport> phases, CheckResult found)
    {
        var scenario = options.Scenario switch { ScenarioName.SingleVsFleet => "single-vs-fleet", ScenarioName.Steps => "steps", _ => "ab" };
        string?[] findings = [VerdictRule.Held(options.Scenario, phases, options.MaxP99), .. found.Said];
        return new LoadReport(
            started, scenario, options.Seed, engine.Name,
            $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            $"loadtest --scenario {scenario} --url {options.Url.GetLeftPart(UriPartial.Authority)} --gets {options.Gets} --posts {options.Posts} --duration {options.Duration.TotalSeconds:0}s --warm-up {options.WarmUp.TotalSeconds:0}s --users {options.Users}",
            phases, [.. findings.OfType<string>()], [.. VerdictRule.Problems(options.Scenario, phases, options.MaxP99), .. found.Problems]);
    }
}
