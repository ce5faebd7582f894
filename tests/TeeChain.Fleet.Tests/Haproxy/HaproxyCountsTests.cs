using TeeChain.Fleet.Haproxy;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class HaproxyCountsTests
{
    private readonly HaproxyCounts _counts = new(isFromTheStart: true);

    [Fact]
    public void Each_request_is_counted_once()
    {
        Assert.Equal([new WorkerDelta("a", 10, 1, 55)], _counts.Step(Look(1, ("reads", "a", 10, 1, 5))));
        Assert.Empty(_counts.Step(Look(1, ("reads", "a", 10, 1, 5))));
        Assert.Equal([new WorkerDelta("a", 2, 0, 8)], _counts.Step(Look(1, ("reads", "a", 12, 1, 4))));
    }

    [Fact]
    public void Reads_and_writes_of_a_worker_are_one_sum() =>
        Assert.Equal([new WorkerDelta("a", 12, 1, 62), new WorkerDelta("b", 1, 0, 0)], _counts.Step(Look(1, ("reads", "a", 10, 0, 5), ("writes", "a", 2, 1, 4), ("reads", "b", 1, 0, 0))));

    [Fact]
    public void Another_HAProxy_counts_from_nothing()
    {
        _counts.Step(Look(1, ("reads", "a", 10, 0, 1)));

        Assert.Equal([new WorkerDelta("a", 15, 0, 15)], _counts.Step(Look(2, ("reads", "a", 15, 0, 1))));
    }

    [Fact]
    public void A_server_that_was_deleted_and_added_counts_from_nothing()
    {
        _counts.Step(Look(1, ("reads", "a", 10, 0, 1)));
        _counts.Step(Look(1));

        Assert.Equal([new WorkerDelta("a", 15, 0, 15)], _counts.Step(Look(1, ("reads", "a", 15, 0, 1))));
        Assert.Equal([new WorkerDelta("a", 3, 0, 3)], _counts.Step(Look(1, ("reads", "a", 3, 0, 1))));
    }

    [Fact]
    public void What_was_there_before_us_is_not_ours_to_count()
    {
        var late = new HaproxyCounts(isFromTheStart: false);

        Assert.Empty(late.Step(Look(1, ("reads", "a", 10, 1, 5))));
        Assert.Equal([new WorkerDelta("a", 1, 0, 5)], late.Step(Look(1, ("reads", "a", 11, 1, 5))));
        Assert.Equal([new WorkerDelta("a", 2, 0, 10)], late.Step(Look(2, ("reads", "a", 2, 0, 5))));
    }

    private static FrontSnapshot Look(int process, params (string Backend, string Name, long Successful, long Failed, long Average)[] rows) => new(
        process, new HashSet<string>(), [], rows.ToDictionary(row => new ServerId(row.Backend, row.Name), row => new ServerCounts(row.Successful, row.Failed, row.Average, 0)));
}
