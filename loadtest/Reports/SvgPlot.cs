using System.Globalization;
using System.Net;
using System.Text;

namespace LoadTest.Reports;

/// <summary>A line in a plot; its place among the others gives it its colour and dashes (<see cref="HtmlStyle"/>).</summary>
internal sealed record Series(string Name, IReadOnlyList<double> Values);

/// <summary>
/// Lines over time as inline SVG without script: colours come from the page's style, so that it is light or dark with it, and the values
/// show where the pointer rests. Pure.
/// </summary>
/// <param name="Unit">Of the values.</param>
/// <param name="Seconds">Where each value stands on the time axis.</param>
internal sealed record SvgPlot(string Title, string Unit, bool IsLogarithmic, IReadOnlyList<double> Seconds, IReadOnlyList<Series> Lines)
{
    private const double Width = 640;
    private const double Height = 220;
    private const double Left = 52;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 30;

    public string Draw()
    {
        var axis = Axis.For(Lines.SelectMany(line => line.Values), IsLogarithmic);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Encoded(Title)} <span class=\"legend\">");
        svg.AppendJoin(" ", Lines.Select((line, i) => $"<span class=\"key\"><svg width=\"22\" height=\"8\" aria-hidden=\"true\"><line class=\"line s{i}\" x1=\"0\" y1=\"4\" x2=\"22\" y2=\"4\"/></svg>{Encoded(line.Name)}</span>"));
        svg.Append(CultureInfo.InvariantCulture, $"</span></figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Encoded(Title)}, {Encoded(Unit)}, over time\">");
        foreach (var tick in axis.Ticks)
        {
            var y = Y(axis, tick);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" y1=\"{y:0.#}\" x2=\"{Width - Right}\" y2=\"{y:0.#}\"/><text class=\"tick\" x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{tick:0.###}</text>");
        }

        foreach (var second in TimeTicks())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" x=\"{X(second):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{second:0.#} s</text>");
        }

        // The first line is drawn last, over the others.
        for (var i = Lines.Count - 1; i >= 0; i--)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line s{i}\" points=\"").AppendJoin(" ", Lines[i].Values.Select((value, at) => Point(axis, at, value))).Append("\"/>");
        }

        AppendHints(svg);
        return svg.Append("</svg></figure>\n").ToString();
    }

    private void AppendHints(StringBuilder svg)
    {
        var width = (Width - Left - Right) / Math.Max(1, Seconds.Count);
        for (var at = 0; at < Seconds.Count; at++)
        {
            var values = string.Join(", ", Lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Name} {line.Values[at]:0.###} {Unit}")));
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"hint\" x=\"{X(Seconds[at]) - (width / 2):0.#}\" y=\"{Top}\" width=\"{width:0.##}\" height=\"{Height - Top - Bottom}\"><title>{Seconds[at]:0.#} s: {Encoded(values)}</title></rect>");
        }
    }

    private string Point(Axis axis, int at, double value) => string.Create(CultureInfo.InvariantCulture, $"{X(Seconds[at]):0.#},{Y(axis, value):0.#}");

    private double X(double second)
    {
        var span = Seconds.Count > 1 ? Seconds[^1] - Seconds[0] : 1;
        return Seconds.Count > 1 ? Left + ((Width - Left - Right) * (second - Seconds[0]) / span) : (Width + Left - Right) / 2;
    }

    private static double Y(Axis axis, double value) => Height - Bottom - ((Height - Top - Bottom) * axis.Share(value));

    private IEnumerable<double> TimeTicks()
    {
        var stride = Math.Max(1, (int)Math.Ceiling(Seconds.Count / 8.0));
        return Seconds.Where((_, at) => at % stride == 0);
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
