namespace LoadTest.Engine;

/// <summary>
/// When each request of a flow is meant to be sent: evenly spaced, whatever becomes of the answers. Each stands in the middle of its
/// share of the time, so that flows whose rates are multiples of each other do not meet.
/// </summary>
internal readonly record struct Schedule(double RatePerSecond, TimeSpan Duration)
{
    /// <summary>How many there are: a whole number that floating point made a little smaller still counts.</summary>
    public long Count => (long)Math.Floor((RatePerSecond * Duration.TotalSeconds) + 1e-6);

    /// <param name="number">From 0.</param>
    public TimeSpan TimeOf(long number) => TimeSpan.FromTicks((long)((number + 0.5) * TimeSpan.TicksPerSecond / RatePerSecond));
}
