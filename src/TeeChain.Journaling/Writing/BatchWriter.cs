using Microsoft.Win32.SafeHandles;

namespace TeeChain.Journaling.Writing;

/// <summary>Gathers a batch into one write; what is large goes straight to the file, in pieces. The writer thread's own.</summary>
internal sealed class BatchWriter
{
    private const int BufferBytes = 256 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private IFile? _file;
    private long _start;
    private long _flushed;
    private long _touched;
    private int _used;

    /// <summary>Where the next byte goes.</summary>
    public long Offset => _flushed + _used;

    public void Begin(IFile file, long offset)
    {
        _file = file;
        _start = _flushed = _touched = offset;
        _used = 0;
    }

    /// <summary>Room for <paramref name="count"/> bytes that the caller fills at once; at most 256 KiB.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_used + count > BufferBytes)
        {
            Flush();
        }

        _used += count;
        return _buffer.AsSpan(_used - count, count);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= BufferBytes - _used)
        {
            bytes.CopyTo(Reserve(bytes.Length));
            return;
        }

        Flush();
        while (bytes.Length > BufferBytes)
        {
            Write(bytes[..BufferBytes]);
            bytes = bytes[BufferBytes..];
        }

        bytes.CopyTo(Reserve(bytes.Length));
    }

    /// <summary>Copies a spool file; throws <see cref="SpoolUnreadableException"/> when it is short or does not give <paramref name="expectedCrc"/>.</summary>
    public void AppendSpool(SafeFileHandle spool, long length, uint crc, uint expectedCrc)
    {
        Flush();
        for (long at = 0; at < length;)
        {
            int count = ReadSpool(spool, at, (int)Math.Min(BufferBytes, length - at));
            crc = Crc32C.Append(crc, _buffer.AsSpan(0, count));
            Write(_buffer.AsSpan(0, count));
            at += count;
        }

        if (crc != expectedCrc)
        {
            throw new SpoolUnreadableException("it does not match its CRC");
        }
    }

    public void Flush()
    {
        if (_used > 0)
        {
            int count = _used;
            _used = 0;
            Write(_buffer.AsSpan(0, count));
        }
    }

    /// <summary>Zeroes whatever the batch may have written, and syncs that, so that nothing of it comes back. A throw leaves that open.</summary>
    public void Undo()
    {
        _used = 0;
        if (_touched > _start)
        {
            Segments.SegmentStock.WriteZeros(_file!, _start, _touched);
            _file!.Sync();
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _touched = _flushed + bytes.Length;
        _file!.Write(_flushed, bytes);
        _flushed = _touched;
    }

    private int ReadSpool(SafeFileHandle spool, long at, int count)
    {
        int read;
        try
        {
            read = RandomAccess.Read(spool, _buffer.AsSpan(0, count), at);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            throw new SpoolUnreadableException(error.Message);
        }

        return read > 0 ? read : throw new SpoolUnreadableException($"it ends at byte {at}");
    }
}
