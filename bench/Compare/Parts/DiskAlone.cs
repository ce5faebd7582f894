using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using LoadTest.Measures;

namespace Compare.Parts;

/// <summary>What the disk alone takes for a write that is durable, at the rate of <see cref="BesideReads"/>: the part of a latency that no proxy can help.</summary>
internal static partial class DiskAlone
{
    private const int RecordBytes = 500;
    private const int FileBytes = 1 << 20;

    /// <param name="folder">On the disk under test.</param>
    public static LatencyHistogram Run(string folder, TimeSpan duration)
    {
        var path = Path.Combine(folder, "sync-probe");
        var latencies = new LatencyHistogram();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite))
        {
            RandomAccess.Write(file, new byte[FileBytes], 0);
            RandomAccess.FlushToDisk(file);
            var record = new byte[RecordBytes];
            var begun = Stopwatch.GetTimestamp();
            for (long offset = 0; Stopwatch.GetElapsedTime(begun) < duration; offset = (offset + RecordBytes) % (FileBytes - RecordBytes))
            {
                Thread.Sleep(TimeSpan.FromSeconds(1.0 / BesideReads.WritesPerSecond));
                var started = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, record, offset);
                if (SyncFile((int)file.DangerousGetHandle()) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), $"fdatasync of {path} failed");
                }

                latencies.Record(Stopwatch.GetElapsedTime(started));
            }
        }

        File.Delete(path);
        return latencies;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncFile(int descriptor);
}
