using System.Diagnostics;
using System.Globalization;
using TeeChain.Simulation.Model;

namespace TeeChain.Simulation;

/// <summary>Seeds that once found something, and as many others as the time allows (docs/simulation.md).</summary>
public sealed class SimulationTests
{
    /// <summary>How much of the processor a plain test run takes; it has what the others leave.</summary>
    private static readonly TimeSpan Cost = TimeSpan.FromSeconds(80);

    /// <summary>How long it takes at most, however little was left.</summary>
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(150);

    private static int? Asked => Number("TEECHAIN_SIMULATE_SEEDS");

    private static int First => Number("TEECHAIN_SIMULATE_FIRST") ?? 1;

    [Theory]
    [InlineData(4)] // A node that had just caught up was readable before the head counted it.
    [InlineData(16)] // The model: two crashes in a row; what was delivered before the first came again unmarked.
    [InlineData(21)] // A node was remembered under the address of the successor to which the stream had moved.
    [InlineData(33)] // A node without successors any more told the rows of its last stream upstream for ever.
    [InlineData(56)] // A head left behind led again, without force, past the one that had gone on without it.
    [InlineData(61)] // Under --ack next an answer rested on a node of which only the head had heard.
    [InlineData(113)] // A node that was promoted while another asked, and was silent, was taken for a dead head and gone past.
    [InlineData(160)] // An old head, back and aware of the new epoch, streamed its own last record to a node of that epoch.
    [InlineData(234)] // A node with a shorter journal, but of a later epoch, promised: its record was lost, and nobody had named it.
    [InlineData(282)] // A node that skipped a ghost at its own address took itself for one that has only heard of its epoch.
    [InlineData(297)] // A node that counts was not asked before a promotion, as the candidate had not been told of it yet.
    [InlineData(299)] // A node counted itself as one behind it.
    [InlineData(305)] // A candidate that failed streamed its orphan in the epoch that only it and one voter had promised.
    [InlineData(623)] // A stream went on in an older epoch than its receiver had heard of; its head never heard of it.
    [InlineData(657)] // The model: an answer was held against a folder that was lost behind the record; the failure stopped a link unseen.
    [InlineData(693)] // A node that joined was all that was left, and could not be made the head by any force.
    [InlineData(793)] // The model: a request overtook one of the process before.
    [InlineData(2040)] // A node that was never told that it counts was promoted by force past the head, without one that counted.
    [InlineData(2391)] // The model: a backup was changed by the run that it was put back for.
    [InlineData(3428)] // Two heads in an epoch: as 61.
    [InlineData(3474)] // Two heads in an epoch: one had gone past the other, which then forced past the first.
    [InlineData(3661)] // The model: a node that had been removed was promoted.
    public void A_seed_that_once_found_something_finds_nothing(int seed) => Storm.Run(seed);

    [Fact]
    public void Every_promise_holds_in_every_seed()
    {
        var clock = Stopwatch.StartNew();
        var (seeds, done) = (Asked ?? 2000, 0);
        for (; done < seeds && (Asked is not null || clock.Elapsed < Ceiling && Environment.CpuUsage.TotalTime < Cost); done++)
        {
            Storm.Run(First + done);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{done} seeds from {First} on, in {clock.Elapsed.TotalSeconds:0} s");
        Assert.True(done >= Math.Min(seeds, 20), $"only {done} seeds in {clock.Elapsed.TotalSeconds:0} s");
    }

    [Fact]
    public void A_seed_is_the_same_run_every_time() => Assert.Equal(Storm.Run(7), Storm.Run(7));

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
