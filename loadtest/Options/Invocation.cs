using CommandLine;
using CommandLine.Text;
using TeeChain.CommandLines;

namespace LoadTest.Options;

/// <summary>
/// The outcome of reading the command line: <see cref="LoadOptions"/> to run with, or a text to print and the exit status (0 for help
/// and version, 2 for a wrong command line).
/// </summary>
internal sealed record Invocation(LoadOptions? Options, string Text, int ExitStatus)
{
    private const int WrongCommandLine = 2;

    public static Invocation Parse(string[] typed, Func<string, string?> variable, long anySeed)
    {
        if (FlagNames<Flags>.WithoutValue(typed) is { } flag)
        {
            return Wrong($"{flag} has no value; --help says what is allowed");
        }

        using var parser = new Parser(with => with.HelpWriter = null);
        var parsed = parser.ParseArguments<Flags>(EnvironmentArguments.Prepend<Flags>(typed, "LOADTEST_", variable));
        if (parsed is Parsed<Flags> { Value: { } flags })
        {
            var options = LoadOptions.From(flags, anySeed, out var refusal);
            return options is null ? Wrong(refusal) : new Invocation(options, "", 0);
        }

        var error = parsed.Errors.First();
        return error.Tag switch
        {
            ErrorType.HelpRequestedError => new Invocation(null, Help(parsed), 0),
            ErrorType.VersionRequestedError => new Invocation(null, HeadingInfo.Default, 0),
            _ => Wrong(Describe(error)),
        };
    }

    private static Invocation Wrong(string refusal) => new(null, $"loadtest: {string.Concat(refusal.Select(c => char.IsControl(c) ? '?' : c))}", WrongCommandLine);

    private static string Describe(Error error) => error switch
    {
        UnknownOptionError unknown => $"'{(unknown.Token.Length == 1 ? "-" : "--")}{unknown.Token}' is no flag; allowed are the flags that --help lists",
        RepeatedOptionError repeated => $"--{repeated.NameInfo.LongName} is given twice; allowed is once",
        NamedError named => $"--{named.NameInfo.LongName} cannot be read; --help says what is allowed",
        TokenError token => $"'{token.Token}' cannot be read; --help says what is allowed",
        _ => $"the command line cannot be read ({error.Tag}); --help says what is allowed",
    };

    private static string Help(ParserResult<Flags> parsed) => HelpText.AutoBuild(
        parsed,
        help =>
        {
            help.AdditionalNewLineAfterOption = false;
            help.Copyright = "Constant rates against a chain, latencies from the intended send time, and whether a write was lost.";
            help.AddPostOptionsLine("Every flag is also an environment variable: --max-p99 is LOADTEST_MAX_P99.");
            help.AddPostOptionsLine("Exit status: 0 all is well; 1 requests failed, writes were lost or disordered, or a limit was passed; 2 wrong flags.");
            return help;
        },
        example => example,
        maxDisplayWidth: 120);
}
