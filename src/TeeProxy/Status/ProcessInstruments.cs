using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TeeProxy.Status;

/// <summary>The process's own instruments, under the names that all Prometheus clients use.</summary>
internal static class ProcessInstruments
{
    /// <summary>Adds them to <paramref name="meter"/>, which keeps them.</summary>
    public static void AddTo(Meter meter)
    {
        var started = Process.GetCurrentProcess().StartTime.ToUniversalTime();
        var startSeconds = (started - DateTime.UnixEpoch).TotalSeconds;

        meter.CreateObservableCounter("process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "User and system CPU time spent.");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, "By", "Resident memory.");
        meter.CreateObservableGauge("process_open_fds", OpenDescriptors, "{descriptor}", "Open file descriptors.");
        meter.CreateObservableGauge("process_start_time_seconds", () => startSeconds, "s", "Start of the process since the Unix epoch.");
    }

    // Says nothing when the list cannot be opened: a process out of descriptors must still be scraped.
    private static IEnumerable<Measurement<int>> OpenDescriptors()
    {
        try
        {
            // The list holds the descriptor that reads it.
            return [new(Directory.GetFileSystemEntries("/proc/self/fd").Length - 1)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
