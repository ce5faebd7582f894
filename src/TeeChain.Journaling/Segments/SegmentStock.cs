namespace TeeChain.Journaling.Segments;

/// <summary>
/// Makes segment files: full of real zeros and synced, so that an append changes no file system metadata (measured: a
/// third less time a sync), or a dropped segment's file once more. Keeps at most one spare.
/// </summary>
internal sealed class SegmentStock(IFolder folder, long segmentBytes) : IDisposable
{
    public const string SpareName = "spare";
    private const string NewName = "segment" + DurableFile.TemporarySuffix;
    private const int ChunkBytes = 256 << 10;

    private readonly Lock _gate = new();
    private IFile? _spare;
    private bool _isClosed;

    public long Bytes => HasSpare ? segmentBytes : 0;

    public bool HasSpare => Volatile.Read(ref _spare) is not null;

    /// <summary>Takes over the spare that an earlier process left, when it is one.</summary>
    public void Adopt()
    {
        if (folder.Exists(SpareName))
        {
            var file = folder.Open(SpareName);
            if (file.Length == segmentBytes)
            {
                _spare = file;
                return;
            }

            file.Dispose();
            folder.Delete(SpareName);
        }
    }

    /// <summary>Makes the spare when there is none. Does nothing when there is no room: the writer asks again when it needs one.</summary>
    public void Prepare()
    {
        lock (_gate)
        {
            if (_spare is not null || _isClosed)
            {
                return;
            }

            try
            {
                var file = MakeNew(segmentBytes);
                folder.Rename(NewName, SpareName);
                _spare = file;
            }
            catch (DiskFullException)
            {
                // The next roll meets the same want and reports it to those who wait.
            }
        }
    }

    /// <summary>A file of at least <paramref name="bytes"/> under the header's name, durable. Throws <see cref="DiskFullException"/>; then nothing changed.</summary>
    public IFile Take(SegmentHeader header, long bytes)
    {
        lock (_gate)
        {
            bool isOrdinary = bytes == segmentBytes;
            var file = isOrdinary && _spare is not null ? _spare : MakeNew(bytes);
            Span<byte> head = stackalloc byte[SegmentHeader.Bytes];
            header.Write(head);
            file.Write(0, head);
            file.Sync();
            folder.Rename(ReferenceEquals(file, _spare) ? SpareName : NewName, header.Name);
            folder.Sync();
            _spare = ReferenceEquals(file, _spare) ? null : _spare;
            return file;
        }
    }

    /// <summary>
    /// Lets a segment's file go: it becomes the spare where one is wanted. Durable before the next is dropped, so a crash
    /// leaves no hole. Its old content stays; no mark or record in it is good under another header.
    /// </summary>
    public void Drop(Segment segment)
    {
        lock (_gate)
        {
            if (_spare is null && !_isClosed && segment.Capacity == segmentBytes)
            {
                folder.Rename(segment.Name, SpareName);
                _spare = segment.File;
            }
            else
            {
                segment.File.Dispose();
                folder.Delete(segment.Name);
            }

            folder.Sync();
        }
    }

    /// <summary>Grows a file by real zeros, durable. Throws <see cref="DiskFullException"/>; then it has its old length.</summary>
    public static void Grow(IFile file, long from, long to)
    {
        try
        {
            WriteZeros(file, from, to);
            file.Sync();
        }
        catch (DiskFullException)
        {
            file.SetLength(from);
            throw;
        }
    }

    public static void WriteZeros(IFile file, long from, long to)
    {
        byte[] zeros = new byte[(int)Math.Min(ChunkBytes, to - from)];
        for (long at = from; at < to; at += zeros.Length)
        {
            file.Write(at, zeros.AsSpan(0, (int)Math.Min(zeros.Length, to - at)));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _spare?.Dispose();
            _spare = null;
        }
    }

    private IFile MakeNew(long bytes)
    {
        IFile? file = null;
        try
        {
            file = folder.Create(NewName);
            WriteZeros(file, 0, bytes);
            file.Sync();
            return file;
        }
        catch (DiskFullException)
        {
            file?.Dispose();
            if (folder.Exists(NewName))
            {
                folder.Delete(NewName);
            }

            throw;
        }
    }
}
