using System.Reflection;
using CommandLine;

namespace TeeChain.CommandLines;

/// <summary>The flags there are, as <typeparamref name="TFlags"/> declares them.</summary>
internal static class FlagNames<TFlags>
{
    public static IReadOnlyList<(string Flag, bool IsSwitch)> All { get; } =
    [
        .. from property in typeof(TFlags).GetProperties()
           let option = property.GetCustomAttribute<OptionAttribute>()
           where option is not null
           select ("--" + option.LongName, property.PropertyType == typeof(bool)),
    ];

    /// <summary>
    /// The first flag whose value was forgotten, or null. CommandLineParser 2.9.1 takes the next flag for the value, or
    /// drops a last flag without a word. A value that does begin with two dashes is typed as --flag=--value.
    /// </summary>
    public static string? WithoutValue(string[] typed) => typed
        .Where((argument, i) => All.Contains((argument, false)) && (i + 1 == typed.Length || typed[i + 1].StartsWith("--", StringComparison.Ordinal)))
        .FirstOrDefault();
}
