using CommandLine;
using CommandLine.Text;
using TeeChain.Fleet.Gateway;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Status;
using TeeChain.Fleet.Up;

namespace TeeChain.Fleet.Options;

/// <summary>Which class takes a verb's flags, and what runs it. Each verb adds its line.</summary>
internal static class Verbs
{
    /// <summary>Wrong usage.</summary>
    public const int Misused = 2;

    // Flags' class -> what runs it; the return value is the exit status.
    private static readonly Dictionary<Type, Func<object, Task<int>>> All = new()
    {
        [typeof(DiffFlags)] = flags => DiffVerb.RunAsync((DiffFlags)flags),
        [typeof(GatewayFlags)] = flags => GatewayVerb.RunAsync((GatewayFlags)flags),
        [typeof(HaproxyFlags)] = flags => HaproxyVerb.RunAsync((HaproxyFlags)flags),
        [typeof(ScaleFlags)] = flags => ScaleVerb.RunAsync((ScaleFlags)flags),
        [typeof(StatusFlags)] = flags => StatusVerb.RunAsync((StatusFlags)flags),
        [typeof(UpFlags)] = flags => UpVerb.RunAsync((UpFlags)flags),
        [typeof(VerifyFlags)] = flags => VerifyVerb.RunAsync((VerifyFlags)flags),
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var joined = EnvironmentFlags.Join(arguments, All.Keys, Environment.GetEnvironmentVariable, out var wrong);
        if (wrong is not null)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong}.");
            return Misused;
        }

        using var parser = new Parser(static settings =>
        {
            settings.CaseSensitive = true;
            settings.HelpWriter = null;
        });
        var parsed = parser.ParseArguments(joined, [.. All.Keys]);
        if (parsed is Parsed<object> { Value: var flags })
        {
            return await All[flags.GetType()](flags);
        }

        var help = HelpText.AutoBuild(parsed);
        var isAsked = parsed.Errors.All(static error => error is HelpRequestedError or HelpVerbRequestedError or VersionRequestedError);
        if (!parsed.Errors.Any(static error => error is VersionRequestedError))
        {
            help.AddPostOptionsLine(EnvironmentFlags.Help);
        }

        await (isAsked ? Console.Out : Console.Error).WriteLineAsync(help);
        return isAsked ? 0 : Misused;
    }
}
