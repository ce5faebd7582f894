namespace SampleApp.Options;

/// <summary>
/// Turns environment variables into arguments before parsing, so that both go through the same checks:
/// <c>--failure-rate</c> is <c>SAMPLE_APP_FAILURE_RATE</c>. A flag that was typed wins; an empty variable counts as unset.
/// </summary>
internal static class EnvironmentArguments
{
    private const string Prefix = "SAMPLE_APP_";

    /// <summary>The variables' arguments, then <paramref name="typed"/>.</summary>
    public static string[] Prepend(string[] typed, Func<string, string?> variable)
    {
        var arguments = new List<string>();
        foreach (var (flag, isSwitch) in FlagNames.All)
        {
            if (typed.Any(a => a == flag || a.StartsWith(flag + "=", StringComparison.Ordinal)))
            {
                continue;
            }

            var value = variable(Prefix + flag[2..].Replace('-', '_').ToUpperInvariant());
            if (string.IsNullOrEmpty(value) && flag == "--name")
            {
                value = variable("NAME");
            }

            if (!string.IsNullOrEmpty(value) && Argument(flag, value, isSwitch) is { } argument)
            {
                arguments.Add(argument);
            }
        }

        return [.. arguments, .. typed];
    }

    // A switch has no value to check later: anything but a clear "no" turns it on or is refused by the parser.
    private static string? Argument(string flag, string value, bool isSwitch) => (isSwitch, value) switch
    {
        (true, "0" or "false") => null,
        (true, "1" or "true") => flag,
        _ => $"{flag}={value}",
    };
}
