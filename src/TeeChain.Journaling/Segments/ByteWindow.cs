namespace TeeChain.Journaling.Segments;

/// <summary>A reader's private view of a file: 64 KiB at a time, more only for a single larger piece.</summary>
internal sealed class ByteWindow
{
    private const int OrdinaryBytes = 64 << 10;

    private byte[] _buffer = new byte[OrdinaryBytes];
    private IFile? _file;
    private long _start;
    private int _length;

    /// <summary>
    /// Exactly <paramref name="count"/> bytes at <paramref name="offset"/>, valid until the next call. Nothing at or
    /// beyond <paramref name="limit"/> is read, so that what is not committed yet is never cached.
    /// </summary>
    public ReadOnlyMemory<byte> Read(IFile file, long offset, int count, long limit)
    {
        if (!Holds(file, offset, count))
        {
            Fill(file, offset, count, limit);
        }

        return _length - (int)(offset - _start) >= count
            ? _buffer.AsMemory((int)(offset - _start), count)
            : throw Shrunk(offset);
    }

    /// <summary>At least one byte at <paramref name="offset"/>, at most <paramref name="most"/>.</summary>
    public ReadOnlySpan<byte> ReadSome(IFile file, long offset, int most, long limit)
    {
        if (!Holds(file, offset, 1))
        {
            Fill(file, offset, 1, limit);
        }

        int at = (int)(offset - _start);
        return at < _length ? _buffer.AsSpan(at, Math.Min(most, _length - at)) : throw Shrunk(offset);
    }

    private static EndOfStreamException Shrunk(long offset) =>
        new($"A segment file ends at offset {offset}, before what was committed in it. Another program cut it; restore it from a copy.");

    private bool Holds(IFile file, long offset, int count) =>
        ReferenceEquals(file, _file) && offset >= _start && offset + count <= _start + _length;

    private void Fill(IFile file, long offset, int count, long limit)
    {
        int wanted = Math.Max(count, OrdinaryBytes);
        if (_buffer.Length < wanted || _buffer.Length > wanted * 4L)
        {
            _buffer = new byte[wanted];
        }

        _file = file;
        _start = offset;
        _length = file.Read(offset, _buffer.AsSpan(0, (int)Math.Clamp(limit - offset, 0, _buffer.Length)));
    }
}
