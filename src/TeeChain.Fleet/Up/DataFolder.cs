using System.Security.Cryptography;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Up;

/// <summary>
/// What a fleet keeps on disk, private to its user:
/// <code>
///   secret                     what all nodes share, where the file names none
///   registry.json              the order of the chain
///   workers.json               which workers there are (<see cref="Ledger"/>)
///   worker-stats.db            the statistics, where the file says nothing else
///   workers/NAME/journal, app  a worker's journal, and its application's own folder
///   workers/NAME.left          of the last worker of that name that left for good
///   logs/PROCESS.log           what a process printed; PROCESS.log.1 is what was before
///   balancerN.cfg, .sock       of an HAProxy
/// </code>
/// </summary>
internal sealed class DataFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public DataFolder(string path)
    {
        Root = Path.GetFullPath(path);
        Make(Root);
        Make(Path.Combine(Root, "logs"));
        Make(Path.Combine(Root, "workers"));
    }

    public string Root { get; }

    public string Journal(string name) => Path.Combine(Root, "workers", name, "journal");

    public string App(string name) => Path.Combine(Root, "workers", name, "app");

    public string Log(string process) => Path.Combine(Root, "logs", process + ".log");

    public IEnumerable<string> Logs => Directory.EnumerateFiles(Path.Combine(Root, "logs"), "*.log");

    /// <summary>An application's folder is there before its application is.</summary>
    public void MakeWorker(string name) => Make(App(name));

    /// <summary>A new worker has nothing, whatever a half-finished start left.</summary>
    public void EmptyWorker(string name)
    {
        if (Directory.Exists(Path.Combine(Root, "workers", name)))
        {
            Directory.Delete(Path.Combine(Root, "workers", name), recursive: true);
        }

        MakeWorker(name);
    }

    /// <summary>What a worker had that left: every other node has it too, so the last one is kept, for people.</summary>
    public void PutAside(string name)
    {
        var (folder, aside) = (Path.Combine(Root, "workers", name), Path.Combine(Root, "workers", name + ".left"));
        if (Directory.Exists(folder))
        {
            if (Directory.Exists(aside))
            {
                Directory.Delete(aside, recursive: true);
            }

            Directory.Move(folder, aside);
        }
    }

    /// <summary>The file of the secret, and what it holds without a line end.</summary>
    /// <param name="named">By the fleet's file; null: our own, which is made when it is not there.</param>
    /// <exception cref="InvalidDataException">It is no secret; the message says what to do.</exception>
    public (string Path, ReadOnlyMemory<byte> Secret) Secret(string? named)
    {
        var path = named is null ? Path.Combine(Root, "secret") : Path.GetFullPath(named);
        if (named is null && !File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var made = new StreamWriter(path + ".new", options);
            made.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
            made.Close();
            File.Move(path + ".new", path);
        }

        var secret = SecretFlag.Read(path, out var wrong);
        return wrong is null ? (path, secret) : throw new InvalidDataException(wrong.Replace("--secret-file", "secret-file", StringComparison.Ordinal));
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private);
        }
    }
}
