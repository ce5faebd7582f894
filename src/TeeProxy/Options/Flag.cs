using System.Reflection;
using CommandLine;

namespace TeeProxy.Options;

/// <summary>One row of the table of flags, read from <see cref="RunArguments"/>.</summary>
/// <param name="Name">Without the two dashes.</param>
/// <param name="MetaValue">What stands for its value in the help; empty for a switch.</param>
/// <param name="Default">As an operator would write it; null where it depends on something else or there is none.</param>
/// <param name="Reason">What it does, and why the default is what it is.</param>
internal sealed record Flag(string Name, string MetaValue, string? Default, string Reason, FlagAttribute Limits)
{
    /// <summary>In the order of the help.</summary>
    public static readonly IReadOnlyList<Flag> All =
    [
        .. typeof(RunArguments).GetProperties().Where(property => property.IsDefined(typeof(FlagAttribute))).Select(FromProperty),
    ];

    public bool IsSwitch => MetaValue.Length == 0;

    /// <summary><c>--ack-timeout</c> is <c>TEEPROXY_ACK_TIMEOUT</c>.</summary>
    public string Variable => "TEEPROXY_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The values allowed, in words; null when any text may be.</summary>
    public string? Allowed => Limits switch
    {
        { Choices: { } choices, Min: { } min, Max: { } max } => $"{string.Join(", ", choices)}, or {min} to {max}",
        { Choices: { } choices } => string.Join(", ", choices),
        { Min: { } min, Max: { } max } => $"{min} to {max}",
        _ => null,
    };

    public static Flag Named(string name) => All.First(flag => flag.Name == name);

    private static Flag FromProperty(PropertyInfo property)
    {
        var option = property.GetCustomAttribute<OptionAttribute>()!;
        return new Flag(
            option.LongName, option.MetaValue, option.Default as string, option.HelpText, property.GetCustomAttribute<FlagAttribute>()!);
    }
}
