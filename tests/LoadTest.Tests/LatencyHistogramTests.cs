using FsCheck;
using FsCheck.Fluent;
using LoadTest.Measures;

namespace LoadTest.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void A_percentile_is_never_too_low_and_at_most_1_in_128_too_high() => Prop.ForAll(Latencies(), microseconds =>
    {
        var histogram = Of(microseconds);
        var sorted = microseconds.Order().ToArray();

        return new[] { 0.1, 1, 50, 90, 99, 99.9, 100 }.All(percent =>
        {
            var exact = sorted[Math.Max(1, (int)Math.Ceiling(sorted.Length * percent / 100)) - 1];
            var said = histogram.Percentile(percent).TotalMicroseconds;
            return said >= exact && said <= exact + (exact / 128.0);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Count_mean_and_maximum_are_exact() => Prop.ForAll(Latencies(), microseconds =>
    {
        var histogram = Of(microseconds);

        return histogram.Count == microseconds.Length && histogram.Highest.TotalMicroseconds == microseconds.Max()
            && Math.Abs(histogram.Mean.TotalMicroseconds - microseconds.Average()) < 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_added_are_one_that_recorded_all() => Prop.ForAll(Latencies(), Latencies(), (left, right) =>
    {
        var (sum, all) = (Of(left), Of([.. left, .. right]));
        sum.Add(Of(right));

        return sum.Count == all.Count && sum.Mean == all.Mean && Enumerable.Range(1, 100).All(percent => sum.Percentile(percent) == all.Percentile(percent));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_cannot_be_is_recorded_as_the_nearest_that_can()
    {
        var histogram = new LatencyHistogram();

        histogram.Record(TimeSpan.MinValue);
        histogram.Record(TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.Zero, histogram.Percentile(50));
        Assert.Equal(LatencyHistogram.Longest, histogram.Percentile(100));
    }

    [Fact]
    public void An_empty_one_says_zero() => Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero), (Of([]).Count, Of([]).Percentile(99), Of([]).Mean, Of([]).Highest));

    [Fact]
    public void Nothing_is_lost_when_threads_record_at_once()
    {
        var histogram = new LatencyHistogram();

        Parallel.For(0, 10_000, i => histogram.Record(TimeSpan.FromMicroseconds(i)));

        Assert.Equal(10_000, histogram.Count);
        Assert.Equal(9_999, histogram.Highest.TotalMicroseconds);
    }

    private static Arbitrary<int[]> Latencies() => Gen.Choose(0, (1 << 30) - 1).SelectMany(number => Gen.Choose(0, 30).Select(bits => number >> bits)).NonEmptyListOf()
        .Select(list => list.ToArray()).ToArbitrary();

    private static LatencyHistogram Of(int[] microseconds)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in microseconds)
        {
            histogram.Record(TimeSpan.FromMicroseconds(value));
        }

        return histogram;
    }
}
