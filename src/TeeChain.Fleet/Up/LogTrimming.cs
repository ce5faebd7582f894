using TeeChain.Fleet.Processes;

namespace TeeChain.Fleet.Up;

/// <summary>Keeps the logs of all processes bounded (<see cref="LogFile.MostBytes"/>).</summary>
internal static class LogTrimming
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <param name="tell">What could not be cut, and why; it is tried again.</param>
    public static async Task RunAsync(DataFolder data, Action<string> tell, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            foreach (var log in data.Logs)
            {
                try
                {
                    LogFile.Trim(log, LogFile.MostBytes);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    tell($"{log} cannot be cut: {e.Message}");
                }
            }

            await Task.Delay(Between, time, cancellation);
        }
    }
}
