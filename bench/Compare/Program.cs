using CommandLine;
using Compare.Applications;
using Compare.Options;

namespace Compare;

/// <summary>Exits 0 when it measured what was asked for, whatever came out; 1 when something did not start; 2 on a wrong flag.</summary>
internal static class Program
{
    private const int WrongCommandLine = 2;

    public static Task<int> Main(string[] arguments) => Parser.Default.ParseArguments<RunFlags, ApplicationFlags, YarpFlags>(arguments).MapResult(
        (RunFlags flags) => Comparison.RunAsync(flags),
        (ApplicationFlags flags) => Task.FromResult(Serve(flags)),
        (YarpFlags flags) => YarpAsync(flags),
        errors => Task.FromResult(errors.Any(error => error.Tag is ErrorType.HelpRequestedError or ErrorType.VersionRequestedError) ? 0 : WrongCommandLine));

    private static async Task<int> YarpAsync(YarpFlags flags)
    {
        await PlainYarp.RunAsync(flags.Port, flags.To);
        return 0;
    }

    private static int Serve(ApplicationFlags flags)
    {
        using var application = new CountingApplication(flags.Port);
        application.Run();
        return 0;
    }
}
