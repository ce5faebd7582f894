using System.Numerics;

namespace LoadTest.Measures;

/// <summary>
/// Counts latencies in buckets whose width grows with the value, as HdrHistogram does: what it says of a latency is at most 1/128 too
/// high and never too low. From 1 µs to <see cref="Longest"/>; what is longer counts as that. Thread-safe without locks; what is read
/// while others record is a little behind them.
/// </summary>
/// <remarks>
/// Below 256 µs a bucket is 1 µs wide. From there on each doubling has 128 buckets: a value of e + 8 bits is in bucket
/// e * 128 + (value >> e), where value >> e has exactly 8 bits.
/// </remarks>
internal sealed class LatencyHistogram
{
    public static readonly TimeSpan Longest = TimeSpan.FromMicroseconds((1L << LongestBits) - 1);

    private const int SubBits = 7;
    private const int LongestBits = 30;

    private readonly int[] _counts = new int[BucketOf((1L << LongestBits) - 1) + 1];
    private long _count;
    private long _sumMicroseconds;
    private long _highestMicroseconds;

    public long Count => Interlocked.Read(ref _count);

    public TimeSpan Highest => TimeSpan.FromMicroseconds(Interlocked.Read(ref _highestMicroseconds));

    public TimeSpan Mean => Count is > 0 and var count ? TimeSpan.FromMicroseconds((double)Interlocked.Read(ref _sumMicroseconds) / count) : TimeSpan.Zero;

    public void Record(TimeSpan latency)
    {
        var value = (long)Math.Clamp(latency.TotalMicroseconds, 0, Longest.TotalMicroseconds);
        Interlocked.Increment(ref _counts[BucketOf(value)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sumMicroseconds, value);
        for (var highest = Interlocked.Read(ref _highestMicroseconds); value > highest;)
        {
            var before = Interlocked.CompareExchange(ref _highestMicroseconds, value, highest);
            highest = before == highest ? value : before;
        }
    }

    /// <summary>The latency that so many percent did not exceed; zero where nothing was recorded.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public TimeSpan Percentile(double percent)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += Volatile.Read(ref _counts[bucket]);
            if (seen >= wanted)
            {
                return TimeSpan.FromMicroseconds(Math.Min(HighestOf(bucket), Interlocked.Read(ref _highestMicroseconds)));
            }
        }

        return Highest;
    }

    /// <summary>Adds what the other counted. Nobody records in either meanwhile.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        _count += other._count;
        _sumMicroseconds += other._sumMicroseconds;
        _highestMicroseconds = Math.Max(_highestMicroseconds, other._highestMicroseconds);
    }

    private static int BucketOf(long value)
    {
        var exponent = Math.Max(0, BitOperations.Log2((ulong)value) - SubBits);
        return (exponent << SubBits) + (int)(value >> exponent);
    }

    private static long HighestOf(int bucket)
    {
        var exponent = Math.Max(0, (bucket >> SubBits) - 1);
        return ((bucket - ((long)exponent << SubBits) + 1) << exponent) - 1;
    }
}
