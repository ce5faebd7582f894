using TeeChain.Journaling;

namespace TeeChain.Simulation.Model;

/// <summary>The folder's small files: each is replaced as a whole or not at all.</summary>
internal sealed class SmallFiles : IFolder
{
    private readonly Dictionary<string, byte[]> _files = [];

    public string Path => "simulated";

    public IDisposable Lock() => throw new NotSupportedException();

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public bool Exists(string name) => _files.ContainsKey(name);

    public IFile Open(string name) => new Content(_files, name);

    public IFile Create(string name)
    {
        _files[name] = [];
        return new Content(_files, name);
    }

    public void Rename(string from, string to)
    {
        _files[to] = _files[from];
        _files.Remove(from);
    }

    public void Delete(string name) => _files.Remove(name);

    public void Sync()
    {
    }

    public SmallFiles Copy()
    {
        var copy = new SmallFiles();
        foreach (var (name, bytes) in _files)
        {
            copy._files[name] = bytes; // never changed in place
        }

        return copy;
    }

    private sealed class Content(Dictionary<string, byte[]> files, string name) : IFile
    {
        public long Length => files[name].Length;

        public int Read(long offset, Span<byte> buffer)
        {
            files[name].AsSpan((int)offset).CopyTo(buffer);
            return buffer.Length;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => files[name] = bytes.ToArray();

        public void SetLength(long length) => throw new NotSupportedException();

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
