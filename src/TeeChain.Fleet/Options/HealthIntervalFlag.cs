using TeeChain.Protocol;

namespace TeeChain.Fleet.Options;

/// <summary><c>--health-interval</c>, as front doors have it.</summary>
internal static class HealthIntervalFlag
{
    /// <summary>Probes every 500 ms, as in haproxy.cfg.</summary>
    public const string Default = "5s";

    public const string Help = "A dead worker gets nothing after two of these at most: it is asked ten times in each, and every 100ms at most. 100ms to 1m.";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <returns>Null, and why, where it is none that is allowed.</returns>
    public static TimeSpan? Parse(string text, out string? wrong)
    {
        var interval = Quantity.Duration(text) is { } value && value >= Shortest && value <= Longest ? value : default(TimeSpan?);
        wrong = interval is null ? $"--health-interval is \"{text}\"; allowed: 100ms to 1m, {Quantity.DurationForms}" : null;
        return interval;
    }
}
