using System.Globalization;

namespace TeeChain.Protocol;

/// <summary>Durations and sizes as operators write them: a whole number and a unit.</summary>
public static class Quantity
{
    public const string DurationForms = "such as 500ms, 15s, 2m or 24h";

    public const string SizeForms = "such as 64KiB, 32MiB, 4GiB, 100MB or plain bytes";

    private static readonly (string Suffix, long Factor)[] Durations =
        [("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour)];

    private static readonly (string Suffix, long Factor)[] Sizes =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1), ("", 1),
    ];

    public static TimeSpan? Duration(string text) => Parse(text, Durations) is { } ticks ? TimeSpan.FromTicks(ticks) : null;

    public static long? Size(string text) => Parse(text, Sizes);

    private static long? Parse(string text, (string Suffix, long Factor)[] units)
    {
        var digits = text.AsSpan().TrimEnd("BKMGTabcdefghijklmnopqrstuvwxyz ");
        var suffix = text.AsSpan(digits.Length).Trim();
        foreach (var unit in units)
        {
            if (suffix.SequenceEqual(unit.Suffix))
            {
                return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue / unit.Factor
                    ? number * unit.Factor
                    : null;
            }
        }

        return null;
    }
}
