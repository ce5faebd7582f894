using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class LanesTests
{
    private readonly List<string> _done = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Within_a_key_work_is_done_one_after_the_other_in_the_order_in_which_it_came()
    {
        using var lanes = new Lanes(8);
        var running = new int[10];
        for (var i = 0; i < 2000; i++)
        {
            var (work, key) = (i, i * 7919 % 10);
            lanes.Start($"{key}", async () =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running[key]));
                await Task.Yield();
                Note($"{key}:{work:0000}");
                Interlocked.Decrement(ref running[key]);
            }, Cancellation);
        }

        await lanes.IdleAsync().WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(2000, _done.Count);
        Assert.All(_done.GroupBy(one => one[0]), key => Assert.Equal(key.Order(StringComparer.Ordinal), key));
    }

    [Fact]
    public async Task No_more_than_the_width_runs_at_once_and_as_much_as_that_does()
    {
        using var lanes = new Lanes(3);
        var gate = new TaskCompletionSource();
        for (var i = 0; i < 10; i++)
        {
            lanes.Start($"{i}", async () =>
            {
                Note("begun");
                await gate.Task;
            }, Cancellation);
        }

        await Eventually.TrueAsync(() => Count == 3, "three run");
        Assert.False(lanes.IsIdle);
        gate.SetResult();
        await lanes.IdleAsync().WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(10, Count);
    }

    [Fact]
    public async Task A_wait_is_asked_again_whenever_work_ends_and_ends_itself_when_none_is_left()
    {
        using var lanes = new Lanes(1);
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        foreach (var gate in gates)
        {
            lanes.Start("a", async () =>
            {
                await gate.Task;
                Note("done");
            }, Cancellation);
        }

        var one = lanes.UntilAsync(() => Count == 1);
        var never = lanes.UntilAsync(() => false);
        Assert.False(one.IsCompleted);
        gates[0].SetResult();
        await one.WaitAsync(Eventually.Deadline, Cancellation);
        Assert.False(never.IsCompleted);
        gates[1].SetResult();

        await never.WaitAsync(Eventually.Deadline, Cancellation);
    }

    [Fact]
    public async Task After_a_failure_nothing_begins_and_whoever_waits_is_told_at_once()
    {
        using var lanes = new Lanes(2);
        var gate = new TaskCompletionSource();
        lanes.Start("slow", () => gate.Task, Cancellation);
        lanes.Start("bad", () => throw new IOException("no disk"), Cancellation);
        lanes.Start("bad", () => NoteAsync("behind it"), Cancellation);

        var failure = await Assert.ThrowsAsync<IOException>(() => lanes.IdleAsync().WaitAsync(Eventually.Deadline, Cancellation));

        Assert.Equal("no disk", failure.Message);
        await Eventually.TrueAsync(() => lanes.Failing.IsCancellationRequested, "the failure is signalled");
        lanes.Start("other", () => NoteAsync("later"), Cancellation);
        gate.SetResult();
        await Eventually.TrueAsync(() => lanes.IsIdle, "nothing is left");
        Assert.Empty(_done);
    }

    [Fact]
    public async Task Once_it_should_stop_what_has_begun_is_finished_and_nothing_begins()
    {
        using var lanes = new Lanes(4);
        using var stop = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        lanes.Start("a", async () =>
        {
            Note("begun");
            await gate.Task;
            Note("finished");
        }, stop.Token);
        lanes.Start("a", () => NoteAsync("second"), stop.Token);
        await Eventually.TrueAsync(() => Count == 1, "it has begun");

        await stop.CancelAsync();
        gate.SetResult();
        await lanes.IdleAsync().WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(["begun", "finished"], _done);
    }

    private int Count
    {
        get
        {
            lock (_done)
            {
                return _done.Count;
            }
        }
    }

    private void Note(string what)
    {
        lock (_done)
        {
            _done.Add(what);
        }
    }

    private Task NoteAsync(string what)
    {
        Note(what);
        return Task.CompletedTask;
    }
}
