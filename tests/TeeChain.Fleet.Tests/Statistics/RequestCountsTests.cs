using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Tests.Statistics;

public sealed class RequestCountsTests
{
    [Fact]
    public async Task Nothing_is_lost_or_doubled_between_adding_and_draining()
    {
        var counts = new RequestCounts();
        List<WorkerCounts> drained = [];
        var adding = Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                counts.Add(i % 2 == 0 ? "romulus" : "remus", isSuccess: i % 5 != 0, TimeSpan.FromTicks(i));
            }
        })));

        while (!adding.IsCompleted)
        {
            drained.AddRange(counts.Drain());
        }

        drained.AddRange(counts.Drain());

        Assert.Equal(
            [new WorkerCounts("remus", 32_000, 8_000, 400_000_000), new WorkerCounts("romulus", 32_000, 8_000, 399_960_000)],
            WorkerCounts.Sum(drained));
    }
}
