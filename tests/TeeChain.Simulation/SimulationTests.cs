using System.Diagnostics;
using System.Globalization;
using TeeChain.Simulation.Model;

namespace TeeChain.Simulation;

/// <summary>Seeds that once found something, and as many new ones as the time allows (docs/simulation.md).</summary>
public sealed class SimulationTests
{
    /// <summary>Of processor time, for the seeds of a plain test run.</summary>
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(100);

    private static int Seeds => Number("TEECHAIN_SIMULATE_SEEDS") ?? 400;

    private static int First => Number("TEECHAIN_SIMULATE_FIRST") ?? 1;

    [Fact]
    public void Every_promise_holds_in_every_seed()
    {
        var clock = Stopwatch.StartNew();
        var isAsked = Number("TEECHAIN_SIMULATE_SEEDS") is not null;
        var done = 0;
        for (var seed = First; seed < First + Seeds && (isAsked || clock.Elapsed < Ceiling); seed++)
        {
            try { Storm.Run(seed); } catch (BrokenPromiseException e) when (Environment.GetEnvironmentVariable("TEECHAIN_SIMULATE_SURVEY") is not null) { Console.WriteLine("F " + e.Message.Split('\n')[0]); }
            done++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{done} seeds in {clock.Elapsed.TotalSeconds:0} s");
        Assert.True(done >= Math.Min(Seeds, 20), $"only {done} seeds in {clock.Elapsed.TotalSeconds:0} s");
    }

    [Fact]
    public void A_seed_is_the_same_run_every_time() => Assert.Equal(Storm.Run(7), Storm.Run(7));

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
