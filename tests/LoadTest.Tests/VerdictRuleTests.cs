using LoadTest.Options;
using LoadTest.Reports;
using LoadTest.Scenarios;

namespace LoadTest.Tests;

public sealed class VerdictRuleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Failed_requests_are_wrong_and_the_line_says_which_and_why() => Assert.Equal(
        "failed: 3 of 1000 GET /login in ab: 3 times status 503",
        Assert.Single(VerdictRule.Problems(ScenarioName.Ab, [SampleReport.Phase("ab", failed: 3)], maxP99: null)));

    [Fact]
    public void A_slow_answer_is_wrong_only_beyond_a_limit_that_was_given()
    {
        var slow = SampleReport.Phase("ab", p99Ms: 20.4);

        Assert.Empty(VerdictRule.Problems(ScenarioName.Ab, [slow], maxP99: null));
        Assert.Empty(VerdictRule.Problems(ScenarioName.Ab, [slow], TimeSpan.FromMilliseconds(20.4)));
        Assert.Equal("slow: the 99th percentile of GET /login in ab is 20.4 ms, above --max-p99 20 ms", Assert.Single(VerdictRule.Problems(ScenarioName.Ab, [slow], Limit)));
    }

    [Fact]
    public void Every_phase_counts() =>
        Assert.Equal(2, VerdictRule.Problems(ScenarioName.SingleVsFleet, [SampleReport.Phase("single", failed: 1), SampleReport.Phase("fleet", failed: 1)], null).Count);

    [Fact]
    public void Of_steps_only_the_first_must_hold_and_what_held_is_told()
    {
        PhaseReport[] phases = [SampleReport.Phase("step 1", rate: 250), SampleReport.Phase("step 2", rate: 500), SampleReport.Phase("step 3", p99Ms: 30, rate: 750)];

        Assert.Empty(VerdictRule.Problems(ScenarioName.Steps, phases, Limit));
        Assert.Equal(
            "held: 500/s of GET /login; slow: the 99th percentile of GET /login in step 3 is 30.0 ms, above --max-p99 20 ms", VerdictRule.Held(ScenarioName.Steps, phases, Limit));
        Assert.Equal("held: 500/s of GET /login, and no step broke", VerdictRule.Held(ScenarioName.Steps, phases[..2], Limit));
        Assert.Equal("no step held", VerdictRule.Held(ScenarioName.Steps, phases[2..], Limit));
        Assert.Single(VerdictRule.Problems(ScenarioName.Steps, phases[2..], Limit));
        Assert.Null(VerdictRule.Held(ScenarioName.Ab, phases, Limit));
    }
}
