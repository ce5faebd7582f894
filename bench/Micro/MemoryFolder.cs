using System.Collections.Concurrent;
using TeeChain.Journaling;

namespace TeeChain.Micro;

/// <summary>A folder in memory, whose syncs cost nothing: what is left of an append is the journal itself.</summary>
internal sealed class MemoryFolder : IFolder
{
    private readonly ConcurrentDictionary<string, Bytes> _files = new(StringComparer.Ordinal);

    public string Path => "/memory";

    public IDisposable Lock() => new MemoryStream();

    public IReadOnlyList<string> List() => [.. _files.Keys.Order(StringComparer.Ordinal)];

    public bool Exists(string name) => _files.ContainsKey(name);

    public IFile Open(string name) => _files[name];

    public IFile Create(string name) => _files[name] = new Bytes();

    public void Rename(string from, string to)
    {
        if (_files.TryRemove(from, out var file))
        {
            _files[to] = file;
        }
    }

    public void Delete(string name) => _files.TryRemove(name, out _);

    public void Sync()
    {
    }

    private sealed class Bytes : IFile
    {
        private readonly Lock _gate = new();

        // Under _gate: readers run beside the writer.
        private byte[] _bytes = [];

        public long Length
        {
            get
            {
                lock (_gate)
                {
                    return _bytes.Length;
                }
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (_gate)
            {
                var rest = _bytes.AsSpan((int)Math.Min(offset, _bytes.Length));
                var count = Math.Min(rest.Length, buffer.Length);
                rest[..count].CopyTo(buffer);
                return count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                if (offset + bytes.Length > _bytes.Length)
                {
                    Array.Resize(ref _bytes, (int)offset + bytes.Length);
                }

                bytes.CopyTo(_bytes.AsSpan((int)offset));
            }
        }

        public void SetLength(long length)
        {
            lock (_gate)
            {
                Array.Resize(ref _bytes, (int)length);
            }
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
