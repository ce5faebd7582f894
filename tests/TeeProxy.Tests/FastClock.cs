namespace TeeProxy.Tests;

/// <summary>A clock, timers included, that goes so many times as fast: for waits that must end and are long.</summary>
internal sealed class FastClock(int times) : TimeProvider
{
    public override long GetTimestamp() => base.GetTimestamp() * times;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Faster(dueTime), Faster(period));

    private TimeSpan Faster(TimeSpan time) => time > TimeSpan.Zero ? time / times : time;
}
