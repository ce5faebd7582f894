using TeeChain.Journaling;

namespace TeeProxy.Tests.Delivery;

/// <summary>A folder that takes no new file while a test says so.</summary>
internal sealed class RefusingFolder(IFolder folder) : IFolder
{
    public volatile bool IsFull;

    public string Path => folder.Path;

    public IDisposable Lock() => folder.Lock();

    public IReadOnlyList<string> List() => folder.List();

    public bool Exists(string name) => folder.Exists(name);

    public IFile Open(string name) => folder.Open(name);

    public IFile Create(string name) => IsFull ? throw new IOException("No space left on device") : folder.Create(name);

    public void Rename(string from, string to) => folder.Rename(from, to);

    public void Delete(string name) => folder.Delete(name);

    public void Sync() => folder.Sync();
}
