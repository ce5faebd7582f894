using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class HaproxyCountsTests
{
    private readonly HaproxyCounts _counts = new(isFromTheStart: true);

    [Fact]
    public void Each_request_is_counted_once()
    {
        Assert.Equal([Counted("a", 10, 1, 55)], _counts.Step(Look(1, ("reads", "a", 10, 1, 5))));
        Assert.Empty(_counts.Step(Look(1, ("reads", "a", 10, 1, 5))));
        Assert.Equal([Counted("a", 2, 0, 8)], _counts.Step(Look(1, ("reads", "a", 12, 1, 4))));
    }

    [Fact]
    public void Reads_and_writes_of_a_worker_are_one_sum() =>
        Assert.Equal([Counted("a", 12, 1, 62), Counted("b", 1, 0, 0)], _counts.Step(Look(1, ("reads", "a", 10, 0, 5), ("writes", "a", 2, 1, 4), ("reads", "b", 1, 0, 0))));

    [Fact]
    public void Another_HAProxy_counts_from_nothing()
    {
        _counts.Step(Look(1, ("reads", "a", 10, 0, 1)));

        Assert.Equal([Counted("a", 15, 0, 15)], _counts.Step(Look(2, ("reads", "a", 15, 0, 1))));
    }

    [Fact]
    public void A_server_that_was_deleted_and_added_counts_from_nothing()
    {
        _counts.Step(Look(1, ("reads", "a", 10, 0, 1)));
        _counts.Step(Look(1));

        Assert.Equal([Counted("a", 15, 0, 15)], _counts.Step(Look(1, ("reads", "a", 15, 0, 1))));
        Assert.Equal([Counted("a", 3, 0, 3)], _counts.Step(Look(1, ("reads", "a", 3, 0, 1))));
    }

    [Fact]
    public void What_was_there_before_us_is_not_ours_to_count()
    {
        var late = new HaproxyCounts(isFromTheStart: false);

        Assert.Empty(late.Step(Look(1, ("reads", "a", 10, 1, 5))));
        Assert.Equal([Counted("a", 1, 0, 5)], late.Step(Look(1, ("reads", "a", 11, 1, 5))));
        Assert.Equal([Counted("a", 2, 0, 10)], late.Step(Look(2, ("reads", "a", 2, 0, 5))));
    }

    [Fact]
    public void What_no_worker_was_there_for_is_counted_without_a_name()
    {
        _counts.Step(Look(1, ("reads", "a", 0, 2, 0)) with { Refused = new Dictionary<string, long> { ["reads"] = 3 } });

        Assert.Equal(
            [Counted("", 0, 2, 0), Counted("a", 0, 1, 0)],
            _counts.Step(Look(1, ("reads", "a", 0, 3, 0)) with { Refused = new Dictionary<string, long> { ["reads"] = 6 } }));
    }

    private static WorkerCounts Counted(string name, long successes, long failures, long milliseconds) => new(name, successes, failures, milliseconds * TimeSpan.TicksPerMillisecond);

    private static FrontSnapshot Look(int process, params (string Backend, string Name, long Successes, long Failures, long Average)[] rows) => new(
        process, new HashSet<string>(), [], rows.ToDictionary(row => new ServerId(row.Backend, row.Name), row => new ServerCounts(row.Successes, row.Failures, row.Average, 0)),
        new Dictionary<string, long>());
}
