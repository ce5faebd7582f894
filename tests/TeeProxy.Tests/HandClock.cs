namespace TeeProxy.Tests;

/// <summary>A clock that stands still until a test moves it. Timers do not follow it: they run in real time.</summary>
internal sealed class HandClock : TimeProvider
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Begin + _elapsed;

    public void Advance(TimeSpan by) => _elapsed += by;

    public void AdvanceMilliseconds(double by) => Advance(TimeSpan.FromMilliseconds(by));
}
