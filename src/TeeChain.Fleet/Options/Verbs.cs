using CommandLine;
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
        [typeof(GatewayFlags)] = flags => GatewayVerb.RunAsync((GatewayFlags)flags),
        [typeof(HaproxyFlags)] = flags => HaproxyVerb.RunAsync((HaproxyFlags)flags),
        [typeof(ScaleFlags)] = flags => ScaleVerb.RunAsync((ScaleFlags)flags),
        [typeof(StatusFlags)] = flags => StatusVerb.RunAsync((StatusFlags)flags),
        [typeof(UpFlags)] = flags => UpVerb.RunAsync((UpFlags)flags),
        [typeof(VerifyFlags)] = flags => VerifyVerb.RunAsync((VerifyFlags)flags),
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        using var parser = new Parser(settings =>
        {
            settings.CaseSensitive = true;
            settings.HelpWriter = Console.Error;
        });
        return parser.ParseArguments(arguments, [.. All.Keys]) switch
        {
            Parsed<object> { Value: var flags } => await All[flags.GetType()](flags),
            NotParsed<object> { Errors: var errors } when errors.All(error => error is HelpRequestedError or HelpVerbRequestedError or VersionRequestedError) => 0,
            _ => Misused,
        };
    }
}
