using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TeeChain.Journaling;

namespace TeeProxy.Spooling;

/// <summary>
/// A body too long for memory on its way into an unlinked file of mode 0600, with the payload's CRC beside it. The
/// file has no name from the moment it is open, so it goes with its handle, also when the process is killed.
/// Invariant: <see cref="Handle"/> is disposed by <see cref="Dispose"/> unless <see cref="Complete"/> gave it away.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private SafeFileHandle? _handle;
    private uint _crc;

    private SpoolFile(SafeFileHandle handle, uint seed)
    {
        _handle = handle;
        _crc = seed;
    }

    public long Length { get; private set; }

    private SafeFileHandle Handle => _handle ?? throw new ObjectDisposedException(nameof(SpoolFile));

    /// <param name="folder">Readable by this user alone; made when it is missing.</param>
    /// <param name="seed">The CRC of what comes before the body in its record.</param>
    /// <exception cref="IOException">The disk is full or does not work.</exception>
    public static SpoolFile Create(string folder, uint seed)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N") + BodySpool.Extension);
        if (OperatingSystem.IsWindows())
        {
            // For developers: there an open file cannot be unlinked, and the folder's own rights apply.
            Directory.CreateDirectory(folder);
            return new SpoolFile(Open(path, FileOptions.DeleteOnClose), seed);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var handle = Open(path, FileOptions.None);
        try
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Delete(path);
            return new SpoolFile(handle, seed);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// One write to the page cache, on the caller's thread: an asynchronous one would be the same on a thread of the pool,
    /// and 64 uploads then hold 64 threads with their stacks (measured: some 20 MB).
    /// </summary>
    /// <exception cref="IOException">The disk is full or does not work.</exception>
    public void Append(ReadOnlySequence<byte> bytes)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in bytes)
        {
            _crc = Crc32C.Append(_crc, piece.Span);
            pieces.Add(piece);
        }

        RandomAccess.Write(Handle, pieces, Length);
        Length += bytes.Length;
    }

    /// <summary>Gives the file to the body.</summary>
    public SpooledBody Complete()
    {
        var body = new SpooledBody(default, Handle, Length, _crc);
        _handle = null;
        return body;
    }

    public void Dispose() => _handle?.Dispose();

    private static SafeFileHandle Open(string path, FileOptions options) =>
        File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, options);
}
