using System.Globalization;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Processes;

namespace TeeChain.Fleet.Up;

/// <summary>Which programs a worker is, with which arguments. Asks nobody and starts nothing.</summary>
/// <param name="secretFile">Of all nodes.</param>
internal sealed class CommandLines(FleetFile file, DataFolder data, string teeproxy, string? sampleApp, string secretFile)
{
    /// <summary>The sample application's users, in its folder.</summary>
    public const string SampleUsers = "users.log";

    public ChildPlan App(Place place) => new($"{place.Name}-app", AppWords(place), data.Log($"{place.Name}-app"))
    {
        // The application in a terminal of its own would be called so too (the registering balancer's variable).
        Environment = new Dictionary<string, string> { ["NAME"] = place.Name },
    };

    public ChildPlan Teeproxy(Place place) => new($"{place.Name}-teeproxy", TeeproxyWords(place), data.Log($"{place.Name}-teeproxy"));

    /// <summary>Copies the application's state of one worker into the folder of another, which does not run; null where nothing is known to do that.</summary>
    public ChildPlan? Seed(Place source, Place target)
    {
        var values = new Dictionary<string, string>
        {
            ["source"] = data.App(source.Name),
            ["source-name"] = source.Name,
            ["source-address"] = $"127.0.0.1:{source.AppPort(file)}",
            ["target"] = data.App(target.Name),
            ["target-name"] = target.Name,
            ["target-address"] = $"127.0.0.1:{target.AppPort(file)}",
        };
        var command = file.SeedCommand ?? (file.App is null ? new CommandTemplate(["cp", $"{{source}}/{SampleUsers}", $"{{target}}/{SampleUsers}"]) : null);
        return command is null ? null : new ChildPlan("seed-command", command.Fill(values), data.Log("seed-command"))
        {
            Environment = values.ToDictionary(one => $"TEECHAIN_{one.Key.Replace('-', '_').ToUpperInvariant()}", one => one.Value),
        };
    }

    /// <summary>Makes the journal's folder of a worker whose application was seeded.</summary>
    public ChildPlan SeedJournal(Place target, Guid chain, string position) => new(
        "journal-seed", [teeproxy, "journal", "seed", data.Journal(target.Name), "--chain", chain.ToString(), "--position", position], data.Log("seed-command"));

    private IReadOnlyList<string> AppWords(Place place)
    {
        if (file.App is { } own)
        {
            return own.Fill(new Dictionary<string, string> { ["port"] = Text(place.AppPort(file)), ["name"] = place.Name, ["data"] = data.App(place.Name) });
        }

        return
        [
            sampleApp!, "--port", Text(place.AppPort(file)), "--name", place.Name, "--data", Path.Combine(data.App(place.Name), SampleUsers),
            "--delay", string.Create(CultureInfo.InvariantCulture, $"{(long)file.AverageDelay.TotalMilliseconds}ms"),
            "--failure-rate", string.Create(CultureInfo.InvariantCulture, $"{file.FailureRate}%"),
        ];
    }

    private IReadOnlyList<string> TeeproxyWords(Place place)
    {
        // A node notices its application's death before the front doors ask it; they stop sending before it stops, so it need not drain.
        var health = Math.Clamp((long)file.HealthInterval.TotalMilliseconds, 100, 1000);
        return
        [
            teeproxy, "--local", $":{Text(place.AppPort(file))}", "--listen", $":{Text(place.TeePort(file))}", "--admin", $":{Text(place.AdminPort(file))}",
            "--data", data.Journal(place.Name), "--secret-file", secretFile, "--ack", file.Ack, "--order", file.Order,
            .. file.Key is null ? (string[])[] : ["--key", file.Key],
            "--health-interval", string.Create(CultureInfo.InvariantCulture, $"{health}ms"), "--drain", "0s",
        ];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
