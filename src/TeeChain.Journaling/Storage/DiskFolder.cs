using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TeeChain.Journaling.Storage;

namespace TeeChain.Journaling;

/// <summary>A folder on disk, mode 0700, files 0600. A lock file refuses a second process; it is held by the kernel, so a crash frees it.</summary>
public sealed class DiskFolder : IFolder, IDisposable
{
    internal const string LockName = "lock";

    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly bool _isReadOnly;
    private readonly SafeFileHandle? _folder;

    private DiskFolder(string path, bool isReadOnly)
    {
        Path = path;
        _isReadOnly = isReadOnly;
        _folder = isReadOnly ? null : Native.OpenFolder(path);
    }

    public string Path { get; }

    /// <summary>Opens the folder, and makes it when it is not there.</summary>
    public static DiskFolder OpenOrCreate(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }

        return new(path, isReadOnly: false);
    }

    /// <summary>For looking only: takes no lock and refuses every change. Throws <see cref="DirectoryNotFoundException"/>.</summary>
    public static DiskFolder OpenReadOnly(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        return Directory.Exists(path) ? new(path, isReadOnly: true) : throw new DirectoryNotFoundException($"There is no folder {path}.");
    }

    public IDisposable Lock()
    {
        FileStream? file = null;
        try
        {
            // FileShare.None is a lock already, but an environment variable can switch that off (DOTNET_SYSTEM_IO_DISABLEFILELOCKING).
            file = new FileStream(In(LockName), Options(FileMode.OpenOrCreate, FileShare.None));
            if (Native.TryLock(file.SafeFileHandle))
            {
                file.SetLength(0);
                file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
                file.Flush();
                return file;
            }
        }
        catch (IOException error) when (error.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            file?.Dispose();
            throw new JournalLockedException(Path);
        }

        file.Dispose();
        throw new JournalLockedException(Path);
    }

    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public bool Exists(string name) => File.Exists(In(name));

    public IFile Open(string name) => Handle(name, FileMode.Open);

    public IFile Create(string name)
    {
        RefuseWhenReadOnly();
        return Handle(name, FileMode.Create);
    }

    public void Rename(string from, string to)
    {
        RefuseWhenReadOnly();
        File.Move(In(from), In(to), overwrite: true);
    }

    public void Delete(string name)
    {
        RefuseWhenReadOnly();
        File.Delete(In(name));
    }

    public void Sync() => Native.SyncFolder(_folder, Path);

    public void Dispose() => _folder?.Dispose();

    private DiskFile Handle(string name, FileMode mode)
    {
        string path = In(name);
        try
        {
            return new DiskFile(new FileStream(path, Options(mode, FileShare.ReadWrite | FileShare.Delete)), path);
        }
        catch (IOException error) when (DiskFile.IsDiskFull(error))
        {
            throw new DiskFullException(path, error);
        }
    }

    private FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = _isReadOnly ? FileAccess.Read : FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private void RefuseWhenReadOnly()
    {
        if (_isReadOnly)
        {
            throw new UnauthorizedAccessException($"The folder {Path} was opened for looking only.");
        }
    }
}
