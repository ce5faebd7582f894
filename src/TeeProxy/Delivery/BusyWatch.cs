namespace TeeProxy.Delivery;

/// <summary>
/// Says once that total order is what limits the node: when one write at a time has kept the application at work for
/// more than 80 % of 10 s. Called by delivery in total order only, one write at a time.
/// </summary>
internal sealed partial class BusyWatch(TimeProvider time, ILogger<BusyWatch> log)
{
    private const double MostBusy = 0.8;

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    private long _since = time.GetTimestamp();
    private TimeSpan _busy;
    private bool _hasWarned;

    /// <summary>The application answered what was sent at <paramref name="started"/>. Time in which it did not answer does not count.</summary>
    public void Worked(long started)
    {
        var now = time.GetTimestamp();
        _busy += time.GetElapsedTime(started, now);
        var watched = time.GetElapsedTime(_since, now);
        if (watched < Watched)
        {
            return;
        }

        if (!_hasWarned && _busy > MostBusy * watched)
        {
            _hasWarned = true;
            LogBusy((int)(100 * (_busy / watched)), watched.TotalSeconds);
        }

        (_since, _busy) = (now, TimeSpan.Zero);
    }

    [LoggerMessage(LogLevel.Warning, "Delivering one write at a time took {Percent} % of the last {Seconds:0} s. Where writes with different keys may overtake each other, --order key with --key delivers them side by side.", EventName = "delivery_busy")]
    private partial void LogBusy(int percent, double seconds);
}
