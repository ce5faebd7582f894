namespace LoadTest.Reports;

/// <summary>An upright axis with round numbers that hold all values. Pure.</summary>
internal sealed class Axis
{
    private readonly double _lowest;
    private readonly double _highest;
    private readonly bool _isLogarithmic;

    private Axis(double lowest, double highest, bool isLogarithmic, IReadOnlyList<double> ticks) =>
        (_lowest, _highest, _isLogarithmic, Ticks) = (lowest, highest, isLogarithmic, ticks);

    /// <summary>Rising.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <param name="isLogarithmic">Values at or below zero then stand at the foot.</param>
    public static Axis For(IEnumerable<double> values, bool isLogarithmic)
    {
        var all = values.Where(value => !isLogarithmic || value > 0).DefaultIfEmpty(1).ToArray();
        return isLogarithmic ? Logarithmic(all.Min(), all.Max()) : Linear(all.Max());
    }

    /// <returns>0 at the foot, 1 at the head.</returns>
    public double Share(double value) => Math.Clamp(
        _isLogarithmic ? Math.Log10(Math.Max(value, _lowest) / _lowest) / Math.Log10(_highest / _lowest) : (value - _lowest) / (_highest - _lowest), 0, 1);

    private static Axis Linear(double highest)
    {
        // Four or five strides of 1, 2 or 5 times a power of ten.
        var rough = Math.Max(highest, 1) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var stride = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        var count = (int)Math.Ceiling((Math.Max(highest, 1) / stride) - 1e-9);
        return new Axis(0, count * stride, false, [.. Enumerable.Range(0, count + 1).Select(i => i * stride)]);
    }

    private static Axis Logarithmic(double lowest, double highest)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(lowest)), (int)Math.Floor(Math.Log10(highest)));
        double[] digits = last - first <= 2 ? [1, 2, 5] : [1];
        var ticks = Enumerable.Range(first, last - first + 2).SelectMany(power => digits.Select(digit => digit * Math.Pow(10, power))).ToList();
        var from = ticks.FindLastIndex(tick => tick <= lowest * (1 + 1e-9));
        var to = ticks.FindIndex(tick => tick >= highest * (1 - 1e-9));
        to = Math.Max(to, from + 1);
        return new Axis(ticks[from], ticks[to], true, ticks[from..(to + 1)]);
    }
}
