using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// A small file that is replaced as a whole: after a crash it has its old content or its new one. The sync is called here and
/// its result checked: .NET's own returns normally where fsync fails on Linux (docs/design.md, section 5).
/// </summary>
internal static partial class DurableText
{
    private const string Library = "teechain-fleet";
    private const int InterruptedErrno = 4;
    private const int ReadOnlyCloseOnExec = 0x80000;

    // Through the main program, as the journal's, so that a library preloaded by a test comes before libc.
    static DurableText() => NativeLibrary.SetDllImportResolver(
        Assembly.GetExecutingAssembly(), static (name, _, _) => name == Library ? NativeLibrary.GetMainProgramHandle() : 0);

    /// <summary>Durable when this returns.</summary>
    /// <exception cref="IOException">A step failed; the content is the old one, or, when the last sync failed, either.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var draft = path + ".tmp";
            using (var file = new FileStream(draft, Options()))
            {
                file.Write(content);
                file.Flush();
                Sync(file.SafeFileHandle, draft);
            }

            File.Move(draft, path, overwrite: true);
            SyncFolder(Path.GetDirectoryName(path)!);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = open(folder, ReadOnlyCloseOnExec);
        using var handle = descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"open of the folder {folder} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        Sync(handle, folder);
    }

    private static void Sync(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (fsync(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != InterruptedErrno)
            {
                throw new IOException($"fsync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
