using System.Runtime.InteropServices;

namespace LoadTest.Engine;

/// <summary>
/// Sleeps to about 0.1 ms. Thread.Sleep counts whole milliseconds, which is the whole distance between two requests at 1,000/s; spinning
/// would take the processor from the servers under test.
/// </summary>
internal static partial class FineSleep
{
    /// <summary>May return early where a signal comes in between; the caller looks at the clock anyway.</summary>
    public static void For(TimeSpan duration)
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
        {
            var wanted = new Timespec(duration.Ticks / TimeSpan.TicksPerSecond, duration.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
            _ = NanoSleep(in wanted, IntPtr.Zero);
        }
        else
        {
            Thread.Sleep(duration);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in Timespec wanted, IntPtr left);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
