using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace TeeChain.Fleet.Config;

/// <summary>Values of the file as people write them; null for what is none. Pure.</summary>
internal static partial class FileValues
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    public static string? Text(YamlNode node) => node is YamlScalarNode { Value: { Length: > 0 } value } && !value.Any(char.IsControl) ? value : null;

    public static int? Number(YamlNode node, int least, int most) =>
        int.TryParse(Text(node), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    public static string? Choice(YamlNode node, IReadOnlyList<string> choices) => Text(node) is { } text && choices.Contains(text) ? text : null;

    public static bool? Switch(YamlNode node) => Text(node) switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => null,
    };

    /// <summary>A number with a unit; milliseconds without one, as in the configured balancer's <c>avg-delay</c>.</summary>
    public static TimeSpan? Duration(YamlNode node, TimeSpan least, TimeSpan most)
    {
        if (Text(node) is not { } text || Quantity().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var unit = match.Groups[2].Value;
        var factor = unit.Length == 0 ? 1 : Array.Find(Units, known => known.Unit == unit).Milliseconds;
        var milliseconds = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * factor;
        return factor > 0 && milliseconds >= least.TotalMilliseconds && milliseconds <= most.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
    }

    /// <summary>A number with or without the sign.</summary>
    public static double? Percent(YamlNode node) =>
        Text(node) is { } text && Quantity().Match(text) is { Success: true } match && match.Groups[2].Value is "%" or ""
        && double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is <= 100 and var percent
            ? percent
            : null;

    public static string? IpAddress(YamlNode node) =>
        Text(node) is { } text && IPAddress.TryParse(text, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork && ip.ToString() == text ? text : null;

    /// <summary>A name that fits in addresses, file names and statistics.</summary>
    public static string? Name(YamlNode node) => Text(node) is { } text && NameForm().IsMatch(text) ? text : null;

    /// <summary>What haproxy.cfg can take: no single quote, and short enough for its lines.</summary>
    public static string? Password(YamlNode node) => Text(node) is { Length: <= 128 } text && !text.Contains('\'', StringComparison.Ordinal) ? text : null;

    /// <summary>A list of different names.</summary>
    public static IReadOnlyList<string>? Names(YamlNode node)
    {
        if (node is not YamlSequenceNode { Children: var children })
        {
            return null;
        }

        string[] names = [.. children.Select(Name).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
        return names.Length == children.Count ? names : null;
    }

    public static CommandTemplate? Command(YamlNode node, IReadOnlyList<string> names) =>
        Text(node) is { } text && CommandTemplate.Parse(text) is { } command && command.Names.All(names.Contains) ? command : null;

    [GeneratedRegex(@"^([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(ms|s|m|h|%|)$", RegexOptions.CultureInvariant)]
    private static partial Regex Quantity();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
