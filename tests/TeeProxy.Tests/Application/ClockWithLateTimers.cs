namespace TeeProxy.Tests.Application;

/// <summary>A clock whose timers go off when a test says so, also stopped ones: the call of one may be on its way when it is stopped.</summary>
internal sealed class ClockWithLateTimers : TimeProvider
{
    private Action _expire = () => { };

    public void Expire() => _expire();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _expire = () => callback(state);
        return new StillTimer();
    }

    private sealed class StillTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
