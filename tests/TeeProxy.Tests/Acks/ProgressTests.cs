using TeeProxy.Acks;

namespace TeeProxy.Tests.Acks;

public sealed class ProgressTests : IDisposable
{
    private readonly Progress _progress = new(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _progress.Dispose();

    [Fact]
    public async Task A_ring_wakes_the_waiter()
    {
        var waiting = _progress.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);
        Assert.False(waiting.IsCompleted);

        _progress.Ring();

        await waiting.WaitAsync(Eventually.Deadline, Cancellation);
        Assert.Equal(5, _progress.Applied);
    }

    [Fact]
    public async Task What_was_applied_rings()
    {
        var waiting = _progress.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);

        _progress.Apply(6);

        await waiting.WaitAsync(Eventually.Deadline, Cancellation);
        Assert.Equal(6, _progress.Applied);
    }

    [Fact]
    public void Rings_that_nobody_heard_are_one_ring()
    {
        _progress.Ring();
        _progress.Ring();
        _progress.Ring();

        var first = _progress.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);
        var second = _progress.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);

        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        _progress.Ring();
    }

    [Fact]
    public async Task Without_a_ring_the_wait_ends_by_itself() =>
        await _progress.WaitAsync(TimeSpan.FromMilliseconds(1), Cancellation).WaitAsync(Eventually.Deadline, Cancellation);

    [Fact]
    public async Task The_last_of_many_rings_from_many_sides_is_heard()
    {
        var heard = 0L;
        var waiter = Task.Run(
            async () =>
            {
                while (heard < 1_000)
                {
                    await _progress.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);
                    heard = _progress.Applied;
                }
            },
            Cancellation);

        var others = Enumerable.Range(0, 3).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 1_000; i++)
                {
                    _progress.Ring();
                }
            },
            Cancellation));
        var applying = Task.Run(
            () =>
            {
                for (var sequence = 6; sequence <= 1_000; sequence++)
                {
                    _progress.Apply(sequence);
                }
            },
            Cancellation);
        await Task.WhenAll([applying, .. others]);

        await waiter.WaitAsync(Eventually.Deadline, Cancellation);
        Assert.Equal(1_000, heard);
    }
}
