using Microsoft.Win32.SafeHandles;

namespace TeeChain.Journaling.Storage;

/// <summary>A file of a <see cref="DiskFolder"/>: pread, pwrite and a checked fdatasync.</summary>
internal sealed class DiskFile(FileStream stream, string path) : IFile
{
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private readonly SafeFileHandle _handle = stream.SafeFileHandle;

    public long Length => RandomAccess.GetLength(_handle);

    public static bool IsDiskFull(IOException error) => error.HResult is NoSpaceErrno or QuotaErrno or WindowsDiskFull;

    public int Read(long offset, Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = RandomAccess.Read(_handle, buffer[done..], offset + done);
            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (IOException error) when (IsDiskFull(error))
        {
            throw new DiskFullException(path, error);
        }
    }

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Sync() => Native.SyncFile(_handle, path);

    public void Dispose() => stream.Dispose();
}
