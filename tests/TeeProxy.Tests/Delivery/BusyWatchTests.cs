using Microsoft.Extensions.Logging;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class BusyWatchTests
{
    private readonly HandClock _clock = new();
    private readonly Lines _log = new();

    [Fact]
    public void Ten_busy_seconds_are_told_once_with_what_to_do()
    {
        var watch = new BusyWatch(_clock, _log);

        Work(watch, times: 400, milliseconds: 90, pause: 10);

        Assert.Contains("--order key", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_that_rests_now_and_then_is_not_busy()
    {
        var watch = new BusyWatch(_clock, _log);

        Work(watch, times: 400, milliseconds: 70, pause: 30);
        _clock.Advance(TimeSpan.FromHours(1));
        Work(watch, times: 90, milliseconds: 100, pause: 0);

        Assert.Empty(_log);
    }

    private void Work(BusyWatch watch, int times, int milliseconds, int pause)
    {
        for (var i = 0; i < times; i++)
        {
            var started = _clock.GetTimestamp();
            _clock.AdvanceMilliseconds(milliseconds);
            watch.Worked(started);
            _clock.AdvanceMilliseconds(pause);
        }
    }

    private sealed class Lines : List<string>, ILogger<BusyWatch>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
