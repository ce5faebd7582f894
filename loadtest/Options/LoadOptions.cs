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
        var read = new FlagReader();
        var url = read.Url("url", flags.Url);
        var gets = read.Rate("gets", flags.Gets);
        var posts = read.Rate("posts", flags.Posts);
        var duration = read.Time("duration", flags.Duration, TimeSpan.FromSeconds(1), Longest);
        var warmUp = read.Time("warm-up", flags.WarmUp, TimeSpan.Zero, LongestWarmUp);
        var users = read.Number("users", flags.Users, 1, MostUsers);
        var nodes = read.Nodes(flags.Nodes);
        var seed = flags.Seed is { } text ? read.Number("seed", text, 0, long.MaxValue) : anySeed;
        TimeSpan? maxP99 = flags.MaxP99 is { } limit ? read.Time("max-p99", limit, TimeSpan.FromMilliseconds(1), Longest) : null;
        ScenarioName? scenario = flags.Scenario switch { "ab" => ScenarioName.Ab, "single-vs-fleet" => ScenarioName.SingleVsFleet, "steps" => ScenarioName.Steps, _ => null };
        var single = flags.Single is { } one ? read.Url("single", one) : null;
        var secret = read.SecretFile(flags.SecretFile);
        read.Check(gets + posts > 0, "--gets and --posts are both 0; at least one must be above");
        read.Check(scenario is not null, $"--scenario is '{flags.Scenario}'; allowed is ab, single-vs-fleet or steps");
        read.Check(flags.Order is "total" or "key", $"--order is '{flags.Order}'; allowed is total or key");
        read.Check(flags.Report.Length > 0, "--report is empty; allowed is the path of a folder");
        read.Check(scenario != ScenarioName.SingleVsFleet || gets > 0, "--scenario single-vs-fleet compares GETs, but --gets is 0");
        read.Check(scenario != ScenarioName.SingleVsFleet || single is not null || nodes.Count > 0, "--scenario single-vs-fleet needs --single, or --nodes to ask for it");
        read.Check(!flags.Unexpected.Any(), $"'{flags.Unexpected.FirstOrDefault()}' is no flag; allowed are the flags that --help lists");

        refusal = read.Refusal ?? "";
        return read.Refusal is not null ? null : new LoadOptions
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
    }
}
