namespace TeeChain.Journaling.Tests.Faults;

/// <summary>
/// A folder in memory that knows what is durable, counts every change, and at a chosen one crashes, has no room, or fails
/// a sync. Changes are numbered from 1 in the order of the calls.
/// </summary>
internal sealed class FaultFolder : IFolder
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FaultFile> _live = [];
    private readonly List<Action<Dictionary<string, FaultFile>>> _unsynced = [];
    private Dictionary<string, FaultFile> _durable = [];
    private bool _isLocked;
    private bool _isOff;

    public string Path => "/memory";

    /// <summary>Changes and syncs so far.</summary>
    public int Changes { get; private set; }

    public int Syncs { get; private set; }

    public int CrashAt { get; set; } = int.MaxValue;

    /// <summary>These changes find no room, when they are writes or creations.</summary>
    public Range FullAt { get; set; } = int.MaxValue..int.MaxValue;

    /// <summary>No file may grow, and none be made.</summary>
    public bool IsFull { get; set; }

    public int FailSyncAt { get; set; } = int.MaxValue;

    public bool SyncFailed { get; private set; }

    /// <summary>The name of each file that was ever made.</summary>
    public List<string> Created { get; } = [];

    public FaultFolder AfterCrash(CrashMode mode, int seed = 0)
    {
        lock (_gate)
        {
            var random = new Random(seed);
            var names = new Dictionary<string, FaultFile>(_durable);
            foreach (var change in _unsynced.Take(mode switch { CrashMode.Lost => 0, CrashMode.Kept => int.MaxValue, _ => random.Next(_unsynced.Count + 1) }))
            {
                change(names);
            }

            var after = new FaultFolder();
            foreach (var (name, file) in names)
            {
                after.Put(name, file.AfterCrash(mode, random));
            }

            return after;
        }
    }

    public byte[] Bytes(string name) => _live[name].Live;

    public void Put(string name, byte[] bytes)
    {
        _live[name] = FaultFile.Of(bytes);
        _durable[name] = _live[name];
    }

    public IDisposable Lock()
    {
        lock (_gate)
        {
            if (_isLocked)
            {
                throw new JournalLockedException(Path);
            }

            _isLocked = true;
            return new Unlock(this);
        }
    }

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            return [.. _live.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public bool Exists(string name)
    {
        lock (_gate)
        {
            return _live.ContainsKey(name);
        }
    }

    public IFile Open(string name)
    {
        lock (_gate)
        {
            return new Handle(this, _live[name]);
        }
    }

    public IFile Create(string name)
    {
        var file = new FaultFile();
        Change(names => names[name] = file, needsRoom: true);
        Created.Add(name);
        return new Handle(this, file);
    }

    public void Rename(string from, string to) => Change(names =>
    {
        if (names.Remove(from, out var file))
        {
            names[to] = file;
        }
    });

    public void Delete(string name) => Change(names => names.Remove(name));

    public void Sync() => Sync(() =>
    {
        _durable = new(_live);
        _unsynced.Clear();
    });

    private void Change(Action<Dictionary<string, FaultFile>> change, bool needsRoom = false)
    {
        lock (_gate)
        {
            bool isRefused = Count() | (needsRoom && IsFull);
            if (isRefused && needsRoom)
            {
                throw new DiskFullException(Path);
            }

            change(_live);
            _unsynced.Add(change);
            CrashIfDue();
        }
    }

    private void Sync(Action sync)
    {
        lock (_gate)
        {
            Count();
            Syncs++;
            CrashIfDue();
            if (Changes == FailSyncAt)
            {
                SyncFailed = true;
                throw new IOException("injected EIO");
            }

            sync();
        }
    }

    /// <summary>True when this change is one that finds no room.</summary>
    private bool Count()
    {
        if (_isOff)
        {
            throw new CrashException();
        }

        Changes++;
        return Changes >= FullAt.Start.Value && Changes < FullAt.End.Value;
    }

    private void CrashIfDue()
    {
        if (Changes >= CrashAt)
        {
            _isOff = true;
            throw new CrashException();
        }
    }

    private sealed class Unlock(FaultFolder folder) : IDisposable
    {
        public void Dispose() => folder._isLocked = false;
    }

    private sealed class Handle(FaultFolder folder, FaultFile file) : IFile
    {
        public long Length
        {
            get
            {
                lock (folder._gate)
                {
                    return file.Live.Length;
                }
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (folder._gate)
            {
                var bytes = file.Live.AsSpan((int)Math.Min(offset, file.Live.Length));
                int count = Math.Min(bytes.Length, buffer.Length);
                bytes[..count].CopyTo(buffer);
                return count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (folder._gate)
            {
                bool isRefused = folder.Count() || (folder.IsFull && offset + bytes.Length > file.Live.Length);
                file.Write(offset, isRefused ? bytes[..(bytes.Length / 2)] : bytes); // a refused write may have written some
                if (isRefused)
                {
                    throw new DiskFullException(folder.Path);
                }

                folder.CrashIfDue();
            }
        }

        public void SetLength(long length)
        {
            lock (folder._gate)
            {
                folder.Count();
                file.SetLength(length);
                folder.CrashIfDue();
            }
        }

        public void Sync() => folder.Sync(file.Sync);

        public void Dispose()
        {
        }
    }
}
