namespace TeeChain.CommandLines;

/// <summary>
/// Turns environment variables into arguments before parsing, so that both go through the same checks:
/// <c>--failure-rate</c> is <c>SAMPLE_APP_FAILURE_RATE</c>. A flag that was typed wins; an empty variable counts as unset.
/// </summary>
internal static class EnvironmentArguments
{
    /// <summary>The variables' arguments, then <paramref name="typed"/>.</summary>
    /// <param name="prefix">Of the program's variables.</param>
    public static string[] Prepend<TFlags>(string[] typed, string prefix, Func<string, string?> variable) =>
    [
        .. from known in FlagNames<TFlags>.All
           where !typed.Any(argument => argument == known.Flag || argument.StartsWith(known.Flag + "=", StringComparison.Ordinal))
           let value = variable(prefix + known.Flag[2..].Replace('-', '_').ToUpperInvariant())
           where !string.IsNullOrEmpty(value)
           let argument = Argument(known.Flag, value, known.IsSwitch)
           where argument is not null
           select argument,
        .. typed,
    ];

    // A switch has no value to check later: anything but a clear "no" turns it on or is refused by the parser.
    private static string? Argument(string flag, string value, bool isSwitch) => (isSwitch, value) switch
    {
        (true, "0" or "false") => null,
        (true, "1" or "true") => flag,
        _ => $"{flag}={value}",
    };
}
