using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TeeChain.Journaling.Storage;

/// <summary>
/// The C library's calls whose result must be seen. .NET 10.0.12 on Linux returns normally from <c>FlushToDisk</c> when
/// fsync fails (measured with an injected EIO), so the sync is called here and its result checked.
/// </summary>
internal static partial class Native
{
    private const string Library = "libc";
    private const int InterruptedErrno = 4;
    private const int LockExclusiveNonBlocking = 2 | 4;
    private const int OpenDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on x86-64
    private const int OpenDirectoryArm = 0x4000 | 0x80000;

    static Native()
    {
        // Through the main program, so that a library preloaded by a test or an operator comes before libc.
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), static (name, _, _) =>
            name == Library ? NativeLibrary.GetMainProgramHandle() : 0);

        // The first P/Invoke binds lazily, which overwrites errno. A call that must fail pays for it.
        _ = fdatasync_descriptor(-1);
        _ = fsync_descriptor(-1);
    }

    public static void SyncFile(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (fdatasync(file) != 0)
        {
            ThrowUnlessInterrupted("fdatasync", path);
        }
    }

    public static void SyncFolder(SafeFileHandle? folder, string path)
    {
        while (folder is not null && fsync(folder) != 0)
        {
            ThrowUnlessInterrupted("fsync", path);
        }
    }

    /// <summary>A handle for <see cref="SyncFolder"/>; null where folders cannot be synced.</summary>
    public static SafeFileHandle? OpenFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        bool arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        nint descriptor = open(path, arm ? OpenDirectoryArm : OpenDirectory);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"open of the folder {path} failed: {Message()}");
    }

    /// <summary>False when another open of the file has the lock.</summary>
    public static bool TryLock(SafeFileHandle file) =>
        !OperatingSystem.IsLinux() || flock(file, LockExclusiveNonBlocking) == 0;

    /// <summary>Sleeps that long and hardly longer; never spins.</summary>
    public static void Sleep(TimeSpan time)
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.Sleep((int)Math.Ceiling(time.TotalMilliseconds));
            return;
        }

        long nanoseconds = time.Ticks * 100;
        var rest = new TimeSpec { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
        while (nanosleep(in rest, out var left) != 0 && Marshal.GetLastPInvokeError() == InterruptedErrno)
        {
            rest = left;
        }
    }

    private static void ThrowUnlessInterrupted(string call, string path)
    {
        if (Marshal.GetLastPInvokeError() != InterruptedErrno)
        {
            throw new IOException($"{call} of {path} failed: {Message()}. What was written since the last sync may be lost.");
        }
    }

    private static string Message() => Marshal.GetLastPInvokeErrorMessage();

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int fdatasync_descriptor(int file);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int fsync_descriptor(int file);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int nanosleep(in TimeSpec time, out TimeSpec left);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
