using System.Reflection;
using CommandLine;

namespace TeeChain.Fleet.Options;

/// <summary>
/// The environment's variables turned into flags of a verb, by the rule of teeproxy's: <c>gateway --listen</c> is
/// <c>TEECHAIN_FLEET_GATEWAY_LISTEN</c>. A flag beats its variable. Pure but for what it is given to read with.
/// </summary>
internal static class EnvironmentFlags
{
    /// <summary>Apart from haproxy.cfg's and misc-commands.sh's own, which begin with <c>TEECHAIN_</c> too.</summary>
    private const string Prefix = "TEECHAIN_FLEET_";

    public const string Help = $"Every flag is an environment variable too, with the verb in its name: gateway --listen is {Prefix}GATEWAY_LISTEN. A flag beats its variable.";

    /// <param name="arguments">The command line's, the verb first.</param>
    /// <param name="verbs">The classes of the verbs' flags.</param>
    /// <param name="environment">Reads a variable. One that is set but empty counts as not set.</param>
    /// <param name="wrong">A switch's variable that is neither on nor off; null where there is none.</param>
    /// <returns>The command line with what the environment gives behind the verb.</returns>
    public static string[] Join(string[] arguments, IEnumerable<Type> verbs, Func<string, string?> environment, out string? wrong)
    {
        wrong = null;
        if (arguments is not [var name, .. var rest] || verbs.FirstOrDefault(verb => NameOf(verb) == name) is not { } flags)
        {
            return arguments;
        }

        List<string> given = [];
        foreach (var property in flags.GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is not { } option || rest.Any(argument => Gives(argument, option))
                || environment(VariableOf(name, option.LongName)) is not { Length: > 0 } value)
            {
                continue;
            }

            if (property.PropertyType != typeof(bool))
            {
                given.Add($"--{option.LongName}={value}");
            }
            else if (value is "1" or "true")
            {
                given.Add($"--{option.LongName}");
            }
            else if (value is not ("0" or "false"))
            {
                wrong ??= $"{VariableOf(name, option.LongName)} is \"{value}\"; allowed: true, 1, false, 0";
            }
        }

        return [name, .. given, .. rest];
    }

    /// <summary>What gives a verb's flag from the environment.</summary>
    public static string VariableOf(string verb, string flag) => $"{Prefix}{verb}_{flag}".Replace('-', '_').ToUpperInvariant();

    private static string? NameOf(Type flags) => flags.GetCustomAttribute<VerbAttribute>()?.Name;

    private static bool Gives(string argument, OptionAttribute option) =>
        argument == $"--{option.LongName}" || argument.StartsWith($"--{option.LongName}=", StringComparison.Ordinal)
        || (option.ShortName is { Length: > 0 } letter && argument.StartsWith($"-{letter}", StringComparison.Ordinal));
}
