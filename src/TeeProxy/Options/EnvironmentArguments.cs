namespace TeeProxy.Options;

/// <summary>The environment's <c>TEEPROXY_…</c> turned into arguments, so that one parser checks both; a flag beats its variable.</summary>
/// <param name="Arguments">The command line's, and then the environment's.</param>
/// <param name="FromEnvironment">Names of the flags that the environment gave.</param>
/// <param name="Error">A switch's variable that is neither yes nor no.</param>
internal sealed record EnvironmentArguments(IReadOnlyList<string> Arguments, IReadOnlySet<string> FromEnvironment, string? Error)
{
    /// <param name="environment">Reads a variable. One that is set but empty counts as not set.</param>
    public static EnvironmentArguments Join(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var all = new List<string>(arguments);
        var from = new HashSet<string>();
        string? error = null;
        foreach (var flag in Flag.All)
        {
            var value = environment(flag.Variable);
            if (string.IsNullOrEmpty(value) || arguments.Any(argument => Gives(argument, flag)))
            {
                continue;
            }

            if (!flag.IsSwitch)
            {
                all.Add($"--{flag.Name}={value}");
                from.Add(flag.Name);
            }
            else if (value is "1" or "true")
            {
                all.Add("--" + flag.Name);
                from.Add(flag.Name);
            }
            else if (value is not ("0" or "false"))
            {
                error ??= $"{flag.Variable} (--{flag.Name}): \"{value}\" is neither on nor off; allowed: true, 1, false, 0.";
            }
        }

        return new EnvironmentArguments(all, from, error);
    }

    private static bool Gives(string argument, Flag flag) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.AsSpan(2).StartsWith(flag.Name)
        && (argument.Length == flag.Name.Length + 2 || argument[flag.Name.Length + 2] == '=');
}
