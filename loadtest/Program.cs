using LoadTest.Engine;
using LoadTest.Options;
using LoadTest.Reports;

namespace LoadTest;

/// <summary>Puts the parts together. Exits 0 when all is well, 1 when something is wrong or it could not begin, 2 on a wrong flag.</summary>
internal static class Program
{
    private const int SomethingIsWrong = 1;

    public static async Task<int> Main(string[] arguments)
    {
        var invocation = Invocation.Parse(arguments, Environment.GetEnvironmentVariable, Random.Shared.Next(1, 1_000_000_000));
        if (invocation.Options is not { } options)
        {
            await (invocation.ExitStatus == 0 ? Console.Out : Console.Error).WriteLineAsync(invocation.Text);
            return invocation.ExitStatus;
        }

        try
        {
            // Before the load: half an hour later is late to learn that nothing can be written there.
            Directory.CreateDirectory(options.ReportFolder);
            var (report, refusal) = await new LoadRun(options, Engines.Create(TimeProvider.System), Console.Out, !Console.IsOutputRedirected, TimeProvider.System)
                .RunAsync(CancellationToken.None);
            if (report is null)
            {
                await Console.Error.WriteLineAsync($"loadtest: {refusal}");
                return SomethingIsWrong;
            }

            // First to who waits for it: the disk may be full by now.
            await Console.Out.WriteLineAsync($"\n{TextReport.Of(report)}");
            await ReportFolder.WriteAsync(options.ReportFolder, report, CancellationToken.None);
            await Console.Out.WriteLineAsync($"report: {Path.GetFullPath(options.ReportFolder)}/report.html (and .txt, .json, .csv)");
            return report.HasPassed ? 0 : SomethingIsWrong;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"loadtest: {failure.Message}");
            return SomethingIsWrong;
        }
    }
}
