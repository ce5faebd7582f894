using Spectre.Console;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Up;

/// <summary><c>teechain up</c>. Exit status: 0 stopped as asked, 1 something failed or had to be killed, 2 wrong usage or a wrong file.</summary>
internal static class UpVerb
{
    private const long MostFileBytes = 1 << 20;

    private static readonly string[] DefaultFiles = ["teechain.yaml", "config.yaml"];

    public static async Task<int> RunAsync(UpFlags flags)
    {
        if (Array.Find(flags.File is { } named ? [named] : DefaultFiles, File.Exists) is not { } path)
        {
            return await MisuseAsync([$"teechain: {(flags.File is { } wanted ? $"{wanted} is not there" : $"there is neither {string.Join(" nor ", DefaultFiles)} here")}; -f FILE names the fleet's file."]);
        }

        try
        {
            if (new FileInfo(path).Length > MostFileBytes)
            {
                return await MisuseAsync([$"{path}:1: it is longer than {MostFileBytes} bytes."]);
            }

            var (file, wrong) = FleetFileReader.Read(path, await File.ReadAllTextAsync(path));
            if (file is null)
            {
                return await MisuseAsync(wrong);
            }

            IUpScreen screen = AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected
                ? new LiveScreen(Console.Out, static () => (Math.Max(1, Console.WindowWidth), Math.Max(2, Console.WindowHeight)), TimeProvider.System)
                : new PlainScreen(Console.Out, TimeProvider.System);
            await using var fleet = await LocalFleet.OpenAsync(file, screen, TimeProvider.System, CancellationToken.None);
            return await fleet.RunAsync();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"teechain: {e.Message}");
            return 1;
        }
    }

    private static async Task<int> MisuseAsync(IReadOnlyList<string> wrong)
    {
        foreach (var line in wrong)
        {
            await Console.Error.WriteLineAsync(line);
        }

        return Verbs.Misused;
    }
}
