using System.Globalization;
using TeeChain.Protocol;

namespace LoadTest.Options;

internal enum ScenarioName
{
    Ab,
    SingleVsFleet,
    Steps,
}

/// <summary>The checked command line. Made once, before anything starts.</summary>
internal sealed record LoadOptions
{
    public const string NoNodes = "none";

    private const double MostRate = 100_000;
    private const int MostUsers = 1_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromHours(1);

    // In steps it says where a step breaks: without it a saturated fleet would only be noticed by timeouts.
    private static readonly TimeSpan MaxP99OfSteps = TimeSpan.FromMilliseconds(250);

    public required Uri Url { get; init; }

    /// <summary>A second.</summary>
    public required double Gets { get; init; }

    /// <summary>A second.</summary>
    public required double Posts { get; init; }

    public required TimeSpan Duration { get; init; }

    public required TimeSpan WarmUp { get; init; }

    public required int Users { get; init; }

    /// <summary>Admin ports; empty: no write is checked.</summary>
    public required IReadOnlyList<Address> Nodes { get; init; }

    public required string ReportFolder { get; init; }

    public required long Seed { get; init; }

    public required TimeSpan? MaxP99 { get; init; }

    public required ScenarioName Scenario { get; init; }

    /// <summary>Null: the first node's application.</summary>
    public required Uri? Single { get; init; }

    /// <summary>Whether the nodes keep the order for each user only.</summary>
    public required bool IsOrderedByUser { get; init; }

    /// <summary>Empty where there is none.</summary>
    public required string Secret { get; init; }

    /// <summary>Null with one line in <paramref name="refusal"/> that names the flag and what it allows.</summary>
    /// <param name="anySeed">What counts as seed where none is given.</param>
    public static LoadOptions? From(Flags flags, long anySeed, out string refusal)
    {
        var wrong = new List<string>();
        var url = Url("url", flags.Url);
        var gets = Rate("gets", flags.Gets);
        var posts = Rate("posts", flags.Posts);
        var duration = Time("duration", flags.Duration, TimeSpan.FromSeconds(1), Longest);
        var warmUp = Time("warm-up", flags.WarmUp, TimeSpan.Zero, LongestWarmUp);
        var users = Number("users", flags.Users, 1, MostUsers);
        var nodes = Nodes(flags.Nodes);
        var seed = flags.Seed is { } text ? Number("seed", text, 0, long.MaxValue) : anySeed;
        TimeSpan? maxP99 = flags.MaxP99 is { } limit ? Time("max-p99", limit, TimeSpan.FromMilliseconds(1), Longest) : null;
        ScenarioName? scenario = flags.Scenario switch { "ab" => ScenarioName.Ab, "single-vs-fleet" => ScenarioName.SingleVsFleet, "steps" => ScenarioName.Steps, _ => null };
        var single = flags.Single is { } one ? Url("single", one) : null;
        var secret = SecretFile(flags.SecretFile);
        Check(gets + posts > 0, "--gets and --posts are both 0; at least one must be above");
        Check(scenario is not null, $"--scenario is '{flags.Scenario}'; allowed is ab, single-vs-fleet or steps");
        Check(flags.Order is "total" or "key", $"--order is '{flags.Order}'; allowed is total or key");
        Check(flags.Report.Length > 0, "--report is empty; allowed is the path of a folder");
        Check(scenario != ScenarioName.SingleVsFleet || gets > 0, "--scenario single-vs-fleet compares GETs, but --gets is 0");
        Check(scenario != ScenarioName.SingleVsFleet || single is not null || nodes.Count > 0, "--scenario single-vs-fleet needs --single, or --nodes to ask for it");
        Check(!flags.Unexpected.Any(), $"'{flags.Unexpected.FirstOrDefault()}' is no flag; allowed are the flags that --help lists");

        refusal = wrong.FirstOrDefault("");
        return wrong.Count > 0 ? null : new LoadOptions
        {
            Url = url!,
            Gets = gets,
            Posts = posts,
            Duration = duration,
            WarmUp = warmUp,
            Users = (int)users,
            Nodes = nodes,
            ReportFolder = flags.Report,
            Seed = seed,
            MaxP99 = maxP99 ?? (scenario == ScenarioName.Steps ? MaxP99OfSteps : null),
            Scenario = scenario!.Value,
            Single = single,
            IsOrderedByUser = flags.Order == "key",
            Secret = secret,
        };

        void Check(bool isRight, string otherwise)
        {
            if (!isRight)
            {
                wrong.Add(otherwise);
            }
        }

        Uri? Url(string flag, string text)
        {
            var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/";
            Check(isUrl, $"--{flag} is '{text}'; allowed is an address such as http://127.0.0.1:8080, without a path");
            return isUrl ? uri : null;
        }

        double Rate(string flag, string text)
        {
            // AllowDecimalPoint alone: no sign, no exponent, no "Infinity".
            var isRate = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate <= MostRate;
            Check(isRate, $"--{flag} is '{text}'; allowed is a number from 0 to {MostRate}: requests a second");
            return isRate ? rate : 1;
        }

        TimeSpan Time(string flag, string text, TimeSpan least, TimeSpan most)
        {
            var time = Quantity.Duration(text);
            Check(time >= least && time <= most, $"--{flag} is '{text}'; allowed is {Short(least)} to {Short(most)}, {Quantity.DurationForms}");
            return time ?? least;
        }

        long Number(string flag, string text, long least, long most)
        {
            var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;
            Check(isNumber, $"--{flag} is '{text}'; allowed is a whole number from {least} to {most}");
            return isNumber ? number : least;
        }

        IReadOnlyList<Address> Nodes(string text)
        {
            var parsed = text == NoNodes ? [] : text.Split(',').Select(part => Address.TryParse(part, out var address) ? address : null).ToArray();
            Check(!parsed.Contains(null), $"--nodes is '{text}'; allowed are admin ports such as :9500,:9501 or host:9500, or {NoNodes}");
            Check(parsed.Distinct().Count() == parsed.Length, $"--nodes is '{text}'; a node stands there twice");
            return [.. parsed.OfType<Address>()];
        }

        string SecretFile(string? path)
        {
            try
            {
                return path is null ? "" : File.ReadAllText(path).Trim();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
            {
                wrong.Add($"--secret-file is '{path}', which cannot be read: {failure.Message}");
                return "";
            }
        }
    }

    private static string Short(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "0s",
        { TotalHours: >= 1 } => $"{time.TotalHours}h",
        { TotalSeconds: >= 1 } => $"{time.TotalSeconds}s",
        _ => $"{time.TotalMilliseconds}ms",
    };
}
