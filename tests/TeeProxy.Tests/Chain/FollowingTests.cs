using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class FollowingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_that_is_there_is_not_waited_for()
    {
        var following = new Following<string>("a");

        var waiting = following.WaitAsync(value => value == "a", Cancellation);

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal("a", await waiting);
    }

    [Fact]
    public async Task A_waiter_wakes_for_its_value_and_for_no_other()
    {
        var following = new Following<string>("a");
        var waiting = following.WaitAsync(value => value == "c", Cancellation);

        following.Publish("b");
        Assert.Equal("b", following.Current);
        Assert.False(waiting.IsCompleted);
        following.Publish("c");

        Assert.Equal("c", await waiting.WaitAsync(Eventually.Deadline, Cancellation));
    }

    [Fact]
    public async Task A_waiter_can_be_called_off()
    {
        using var off = new CancellationTokenSource();
        var waiting = new Following<string>("a").WaitAsync(value => value == "b", off.Token);

        await off.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task No_waiter_misses_the_last_value_whenever_it_comes()
    {
        for (var round = 0; round < 200; round++)
        {
            var following = new Following<object>(0);
            var waiters = Enumerable.Range(0, 4)
                .Select(_ => Task.Run(() => following.WaitAsync(value => (int)value == 50, Cancellation), Cancellation)).ToArray();
            for (var i = 1; i <= 50; i++)
            {
                following.Publish(i);
            }

            await Task.WhenAll(waiters).WaitAsync(Eventually.Deadline, Cancellation);
        }

        // Reaching this line is the assertion: a missed wake-up ends in the deadline's exception.
        Assert.False(Cancellation.IsCancellationRequested);
    }
}
