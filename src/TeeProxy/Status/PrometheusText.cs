using System.Globalization;
using System.Text;

namespace TeeProxy.Status;

/// <summary>
/// The words of the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format):
/// <code>
/// # HELP name text            \ and line feed escaped
/// # TYPE name counter|gauge|histogram
/// name{label="value",…} 1.5   \, " and line feed escaped
/// </code>
/// </summary>
internal static class PrometheusText
{
    /// <summary>A name of a metric or label: letters, digits and underscores, no digit first. A colon belongs to recording rules.</summary>
    public static string Name(string name)
    {
        var text = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }

    /// <summary>The value of a tag, independent of the machine's language.</summary>
    public static string Label(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    public static string EscapeLabel(string value) =>
        EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    public static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>One sample line. <paramref name="labels"/> is the inside of the braces, escaped; empty for none.</summary>
    public static void Sample(StringBuilder to, string name, string labels, double value)
    {
        to.Append(name);
        if (labels.Length > 0)
        {
            to.Append('{').Append(labels).Append('}');
        }

        to.Append(' ').Append(Number(value)).Append('\n');
    }
}
