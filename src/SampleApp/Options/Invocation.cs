using CommandLine;
using CommandLine.Text;
using TeeChain.CommandLines;

namespace SampleApp.Options;

/// <summary>
/// The outcome of reading the command line: <see cref="Settings"/> to run with, or a text to print and the exit status
/// (0 for help and version, 2 for a wrong command line).
/// </summary>
internal sealed record Invocation(Settings? Settings, string Text, int ExitStatus)
{
    private const int WrongCommandLine = 2;

    private const string Prefix = "SAMPLE_APP_";

    public static Invocation Parse(string[] typed, Func<string, string?> variable)
    {
        if (FlagNames<Flags>.WithoutValue(typed) is { } flag)
        {
            return Wrong($"{flag} has no value; --help says what is allowed");
        }

        using var parser = new Parser(with => with.HelpWriter = null);
        var parsed = parser.ParseArguments<Flags>(EnvironmentArguments.Prepend<Flags>(typed, Prefix, name => Variable(name, variable)));
        if (parsed is Parsed<Flags> { Value: { } flags })
        {
            var settings = Settings.From(flags, out var refusal);
            return settings is null ? Wrong(refusal) : new Invocation(settings, "", 0);
        }

        var error = parsed.Errors.First();
        return error.Tag switch
        {
            ErrorType.HelpRequestedError => new Invocation(null, Help(parsed), 0),
            ErrorType.VersionRequestedError => new Invocation(null, HeadingInfo.Default, 0),
            _ => Wrong(Describe(error)),
        };
    }

    // What containers and front doors call it.
    private static string? Variable(string name, Func<string, string?> variable) =>
        variable(name) is { Length: > 0 } value ? value : name == $"{Prefix}NAME" ? variable("NAME") : null;

    private static Invocation Wrong(string refusal) => new(null, $"sample-app: {FlagValues.OneLine(refusal)}", WrongCommandLine);

    private static string Describe(Error error) => error switch
    {
        UnknownOptionError unknown => $"'{Dashed(unknown.Token)}' is no flag; allowed are the flags that --help lists",
        MissingValueOptionError missing => $"--{missing.NameInfo.LongName} has no value; --help says what is allowed",
        RepeatedOptionError repeated => $"--{repeated.NameInfo.LongName} is given twice; allowed is once",
        NamedError named => $"--{named.NameInfo.LongName} cannot be read; --help says what is allowed",
        TokenError token => $"'{token.Token}' cannot be read; --help says what is allowed",
        _ => $"the command line cannot be read ({error.Tag}); --help says what is allowed",
    };

    private static string Dashed(string token) => (token.Length == 1 ? "-" : "--") + token;

    private static string Help(ParserResult<Flags> parsed) => HelpText.AutoBuild(
        parsed,
        help =>
        {
            help.AdditionalNewLineAfterOption = false;
            help.Copyright = "A small application server for demonstrations and tests of TeeChain.";
            help.AddPostOptionsLine("Every flag is also an environment variable: --failure-rate is SAMPLE_APP_FAILURE_RATE.");
            return help;
        },
        example => example,
        maxDisplayWidth: 120);
}
