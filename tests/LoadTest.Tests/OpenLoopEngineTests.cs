using System.Collections.Concurrent;
using LoadTest.Engine;

namespace LoadTest.Tests;

public sealed class OpenLoopEngineTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    private readonly OpenLoopEngine _engine = new(TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_request_is_sent_though_none_is_answered_and_it_ends_with_the_last_answer()
    {
        var (sent, answers) = (new CountdownEvent(20), new TaskCompletionSource());

        var run = _engine.RunAsync([new Flow(200, _ => Answer(sent, answers.Task))], Short, Cancellation);

        Assert.True(await Task.Run(() => sent.Wait(TimeSpan.FromSeconds(30), Cancellation), Cancellation), "not all were sent");
        Assert.False(run.IsCompleted);
        answers.SetResult();
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Fact]
    public async Task None_is_sent_before_it_is_due_and_each_knows_when_it_was()
    {
        var moments = new ConcurrentBag<(Moment Moment, TimeSpan Late)>();

        await _engine.RunAsync([new Flow(100, moment => Note(moment, moments)), new Flow(50, moment => Note(moment, moments))], Short, Cancellation);

        Assert.All(moments, moment => Assert.True(moment.Late >= TimeSpan.Zero, $"{moment.Moment.Due}: {moment.Late}"));
        Assert.Equal(
            [5, 10, 15, 25, 30, 35, 45, 50, 55, 65, 70, 75, 85, 90, 95],
            moments.Select(moment => moment.Moment.Due.TotalMilliseconds).Order());
        var first = moments.MinBy(moment => moment.Moment.Due).Moment;
        Assert.All(moments, moment => Assert.Equal(
            (moment.Moment.Due - first.Due).TotalMilliseconds, TimeProvider.System.GetElapsedTime(first.Timestamp, moment.Moment.Timestamp).TotalMilliseconds, 0.01));
    }

    [Fact]
    public async Task One_that_hangs_in_the_sending_makes_the_next_late_but_not_fewer()
    {
        var dues = new ConcurrentBag<double>();

        await _engine.RunAsync([new Flow(100, moment => { Thread.Sleep(moment.Due < TimeSpan.FromMilliseconds(10) ? 200 : 0); dues.Add(moment.Due.TotalMilliseconds); return Task.CompletedTask; })], Short, Cancellation);

        Assert.Equal([5, 15, 25, 35, 45, 55, 65, 75, 85, 95], dues.Order());
    }

    [Fact]
    public async Task Cancelled_it_sends_no_more_and_waits_for_those_under_way()
    {
        using var cancelled = new CancellationTokenSource();
        var ended = 0;

        var run = _engine.RunAsync([new Flow(1000, async _ => { await cancelled.CancelAsync(); await Task.Yield(); Interlocked.Increment(ref ended); })], TimeSpan.FromHours(1), cancelled.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.True(ended > 0);
    }

    [Fact]
    public async Task A_flow_that_throws_ends_the_run_with_what_it_threw() => await Assert.ThrowsAsync<FormatException>(
        () => _engine.RunAsync([new Flow(100, _ => throw new FormatException())], Short, Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation));

    private static Task Answer(CountdownEvent sent, Task answer)
    {
        sent.Signal();
        return answer;
    }

    private static Task Note(Moment moment, ConcurrentBag<(Moment Moment, TimeSpan Late)> moments)
    {
        moments.Add((moment, TimeProvider.System.GetElapsedTime(moment.Timestamp)));
        return Task.CompletedTask;
    }
}
