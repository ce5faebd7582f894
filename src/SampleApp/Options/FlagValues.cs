using System.Globalization;
using System.Net;

namespace SampleApp.Options;

/// <summary>Reads the text of one flag each. Ranges are checked here; <see cref="Settings"/> words the refusals.</summary>
internal static class FlagValues
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    public static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    // A bare number would be read as an IPv4 address ("4567" as 0.0.17.215), which nobody means.
    public static bool TryAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && text.AsSpan().ContainsAny('.', ':');

    public static bool TryDelay(string text, out TimeSpan delay)
    {
        var (number, unitMilliseconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 1),
            _ when text.EndsWith('s') => (text[..^1], 1000),
            "0" => (text, 1),
            _ => ("", 0),
        };
        delay = default;
        if (!TryNumber(number, out var value) || value * unitMilliseconds > LongestDelay.TotalMilliseconds)
        {
            return false;
        }

        delay = TimeSpan.FromMilliseconds(value * unitMilliseconds);
        return true;
    }

    public static bool TryPercent(string text, out double percent) =>
        TryNumber(text.EndsWith('%') ? text[..^1] : text, out percent) && percent <= 100;

    public static bool TryReply(string text, out ReplyKind reply)
    {
        reply = text == "count" ? ReplyKind.Count : ReplyKind.Hello;
        return text is "hello" or "count";
    }

    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    // AllowDecimalPoint alone: no sign, no exponent, no "Infinity".
    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
