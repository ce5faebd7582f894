using System.Reflection;
using CommandLine;

namespace LoadTest.Options;

/// <summary>
/// Turns environment variables into arguments before parsing, so that both go through the same checks: <c>--max-p99</c> is
/// <c>LOADTEST_MAX_P99</c>. A flag that was typed wins; an empty variable counts as unset.
/// </summary>
internal static class EnvironmentArguments
{
    private const string Prefix = "LOADTEST_";

    private static readonly string[] Names =
        [.. typeof(Flags).GetProperties().Select(property => property.GetCustomAttribute<OptionAttribute>()?.LongName).OfType<string>()];

    /// <summary>The variables' arguments, then <paramref name="typed"/>.</summary>
    public static string[] Prepend(string[] typed, Func<string, string?> variable) =>
    [
        .. from name in Names
           where !typed.Any(argument => argument == $"--{name}" || argument.StartsWith($"--{name}=", StringComparison.Ordinal))
           let value = variable(Prefix + name.Replace('-', '_').ToUpperInvariant())
           where !string.IsNullOrEmpty(value)
           select $"--{name}={value}",
        .. typed,
    ];

    /// <summary>
    /// The first flag whose value was forgotten, or null: CommandLineParser 2.9.1 takes the next flag for the value, or drops a last
    /// flag without a word.
    /// </summary>
    public static string? WithoutValue(string[] typed) => typed
        .Where((argument, i) => argument.StartsWith("--", StringComparison.Ordinal) && Names.Contains(argument[2..])
            && (i + 1 == typed.Length || typed[i + 1].StartsWith("--", StringComparison.Ordinal)))
        .FirstOrDefault();
}
