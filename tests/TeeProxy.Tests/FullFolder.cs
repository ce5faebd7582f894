using TeeChain.Journaling;

namespace TeeProxy.Tests;

/// <summary>A disk without room for a new file while a test says so, on whatever thread.</summary>
internal sealed class FullFolder(IFolder folder) : IFolder
{
    private volatile bool _isFull;
    private int _refused;

    public bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    /// <summary>How many files found no room.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public string Path => folder.Path;

    public IDisposable Lock() => folder.Lock();

    public IReadOnlyList<string> List() => folder.List();

    public bool Exists(string name) => folder.Exists(name);

    public IFile Open(string name) => folder.Open(name);

    public IFile Create(string name)
    {
        if (IsFull)
        {
            Interlocked.Increment(ref _refused);
            throw new DiskFullException(name);
        }

        return folder.Create(name);
    }

    public void Rename(string from, string to) => folder.Rename(from, to);

    public void Delete(string name) => folder.Delete(name);

    public void Sync() => folder.Sync();
}
