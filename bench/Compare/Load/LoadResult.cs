using LoadTest.Measures;

namespace Compare.Load;

/// <summary>What the clients of one run saw.</summary>
/// <param name="Answered">With a 2xx, within <paramref name="Duration"/> and its last answers.</param>
/// <param name="Failed">Another status, or a connection that broke.</param>
internal sealed record LoadResult(int Answered, int Failed, TimeSpan Duration, LatencyHistogram Latencies)
{
    public double PerSecond => Answered / Duration.TotalSeconds;
}
