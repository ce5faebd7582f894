using TeeChain.Journaling.Storage;

namespace TeeChain.Journaling.Writing;

/// <summary>The rate of syncs: the first after idle goes at once, then their starts are an interval apart. Costs nothing when idle.</summary>
internal sealed class Pace(TimeSpan interval, TimeProvider time)
{
    private long? _lastStart;

    public void AwaitTurn()
    {
        if (_lastStart is { } start && interval - time.GetElapsedTime(start) is { Ticks: > 0 } rest)
        {
            Native.Sleep(rest < interval ? rest : interval);
        }
    }

    public void Started() => _lastStart = time.GetTimestamp();
}
