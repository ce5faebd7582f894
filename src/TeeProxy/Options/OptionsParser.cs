using System.Globalization;
using System.Reflection;
using CommandLine;
using TeeProxy.Inspection;

namespace TeeProxy.Options;

/// <summary>
/// The way from the command line to a <see cref="Command"/>. CommandLineParser takes the words apart; the help, the
/// messages and the values are ours, because its own help knows neither groups nor reasons.
/// </summary>
internal static class OptionsParser
{
    /// <summary>Wrong usage.</summary>
    private const int Misused = 2;

    /// <param name="arguments">As <c>Main</c> got them.</param>
    /// <param name="environment">Reads a variable: <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    public static Command Parse(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h") || (arguments.Count > 0 && arguments[0] == "help"))
        {
            return new Command.Exit(0, HelpText.Render());
        }

        if (arguments.Contains("--version"))
        {
            var version = typeof(OptionsParser).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            return new Command.Exit(0, $"teeproxy {version}\n");
        }

        var isJournal = arguments.Count > 0 && arguments[0] == "journal";
        var joined = isJournal
            ? new EnvironmentArguments(arguments, new HashSet<string>(), null)
            : EnvironmentArguments.Join(arguments, environment);
        if ((joined.Error ?? WithoutValue(arguments)) is { } wrong)
        {
            return Misuse(wrong);
        }

        using var parser = new Parser(settings =>
        {
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.CaseSensitive = true;
            settings.HelpWriter = null;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        return parser.ParseArguments<RunArguments, JournalArguments>(joined.Arguments).MapResult(
            (RunArguments run) => run.Rest.FirstOrDefault() is { } word
                ? Misuse($"\"{word}\" is not understood; allowed: run, journal and flags, see --help.")
                : NodeOptionsBuilder.Build(run, joined.FromEnvironment, environment),
            (JournalArguments journal) => BuildJournal(journal),
            errors => Misuse(Explain(errors.First(), isJournal)));
    }

    private static Command BuildJournal(JournalArguments journal)
    {
        if (journal.Action == "seed")
        {
            return journal.Folder is { Length: > 0 } folder && !journal.Rest.Any() && !journal.Bodies
                && Guid.TryParse(journal.Chain, out var chain) && SeedCommand.Parse(journal.Position ?? "") is var (position, digest)
                    ? new Command.Seed(Path.GetFullPath(folder), chain, position, digest)
                    : Misuse("journal seed takes an empty folder, the chain and the position that \"POST /admin/hold\" tells: teeproxy journal seed FOLDER --chain ID --position SEQUENCE:EPOCH:CRC:DIGEST.");
        }

        if (journal.Chain is not null || journal.Position is not null || journal.Action is not ("check" or "dump") || string.IsNullOrEmpty(journal.Folder) || journal.Rest.Any())
        {
            return Misuse("journal takes check, dump or seed and one folder: teeproxy journal check|dump FOLDER [--bodies].");
        }

        return new Command.Journal(journal.Action == "dump", Path.GetFullPath(journal.Folder), journal.Bodies);
    }

    // CommandLineParser 2.9.1 runs with the default where a flag's value is missing, so this is seen to first.
    private static string? WithoutValue(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var hasValue = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            var flag = Flag.All.FirstOrDefault(flag => !flag.IsSwitch && (argument == $"--{flag.Name}=" || (argument == $"--{flag.Name}" && !hasValue)));
            if (flag is not null)
            {
                return $"--{flag.Name} has no value; allowed: {flag.Allowed ?? flag.MetaValue}.";
            }
        }

        return null;
    }

    private static string Explain(Error error, bool isJournal) => error switch
    {
        UnknownOptionError { Token: var token } => Unknown(token, isJournal),
        RepeatedOptionError { NameInfo.LongName: var name } => $"--{name} is given twice; allowed: once.",
        NamedError { NameInfo.LongName: var name } => $"--{name} is not written right; see --help.",
        TokenError { Token: var token } => $"\"{token}\" is not understood; allowed: run, journal and flags, see --help.",
        _ => "the arguments are not understood; see --help.",
    };

    private static string Unknown(string token, bool isJournal)
    {
        var nearest = NearestName.Of(token, isJournal ? ["bodies", "chain", "position"] : Flag.All.Select(flag => flag.Name));
        return $"--{token} is no flag; {(nearest is null ? "see --help" : $"is --{nearest} meant?")}";
    }

    private static Command.Exit Misuse(string line) => new(Misused, "teeproxy: " + line);
}
