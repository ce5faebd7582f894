using TeeChain.Journaling;

namespace TeeProxy.Tests.Ingress;

/// <summary>A folder whose disk refuses from the moment a test says so.</summary>
internal sealed class FailingFolder(IFolder inner) : IFolder
{
    private Exception? _onWrite;
    private volatile Exception? _onSync;

    public string Path => inner.Path;

    public void FailNextWrite(Exception cause) => Volatile.Write(ref _onWrite, cause);

    public void FailSyncs(Exception cause) => _onSync = cause;

    public IDisposable Lock() => inner.Lock();

    public IReadOnlyList<string> List() => inner.List();

    public bool Exists(string name) => inner.Exists(name);

    public IFile Open(string name) => new FailingFile(this, inner.Open(name));

    public IFile Create(string name) => new FailingFile(this, inner.Create(name));

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void Sync() => inner.Sync();

    private sealed class FailingFile(FailingFolder folder, IFile file) : IFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (Interlocked.Exchange(ref folder._onWrite, null) is { } cause)
            {
                throw cause;
            }

            file.Write(offset, bytes);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
            if (folder._onSync is { } cause)
            {
                throw cause;
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
