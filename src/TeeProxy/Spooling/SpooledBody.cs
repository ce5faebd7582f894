using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TeeProxy.Spooling;

/// <summary>
/// A body of known length, whole: small ones in memory, larger ones in an unlinked file of the data folder, so that
/// memory stays bounded whatever clients send. Made by <see cref="BodySpool"/>; its holder disposes it.
/// Neither the memory nor the file ever changes, so it may be read any number of times, also at the same time.
/// </summary>
internal sealed class SpooledBody : IDisposable
{
    public static readonly SpooledBody Empty = new(ReadOnlyMemory<byte>.Empty, null, 0);

    private const int CopyBytes = 64 << 10;

    internal SpooledBody(ReadOnlyMemory<byte> memory, SafeFileHandle? file, long length, uint payloadCrc = 0)
    {
        Memory = memory;
        File = file;
        Length = length;
        PayloadCrc = payloadCrc;
    }

    /// <summary>The bytes, when <see cref="File"/> is null.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>The spool file, when the body was too long for memory; read from position 0.</summary>
    public SafeFileHandle? File { get; }

    public long Length { get; }

    /// <summary>CRC-32C of the head (the spool's seed) followed by the body. Only a body in a file has it; the journal computes the others' itself.</summary>
    public uint PayloadCrc { get; }

    /// <summary>Writes the body, a file's in pieces of 64 KiB. Ends early, without an exception, when the reader has gone.</summary>
    public async ValueTask CopyToAsync(PipeWriter writer, CancellationToken cancellation)
    {
        if (File is null)
        {
            await writer.WriteAsync(Memory, cancellation);
            return;
        }

        for (long at = 0; at < Length;)
        {
            var piece = writer.GetMemory(CopyBytes);
            var read = await ReadFileAsync(piece[..(int)Math.Min(piece.Length, Length - at)], at, cancellation);
            writer.Advance(read);
            at += read;
            var flushed = await writer.FlushAsync(cancellation);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return;
            }
        }
    }

    /// <summary>Writes the body, a file's in pieces of 64 KiB.</summary>
    public async ValueTask CopyToAsync(Stream stream, CancellationToken cancellation)
    {
        if (File is null)
        {
            await stream.WriteAsync(Memory, cancellation);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            for (long at = 0; at < Length;)
            {
                var read = await ReadFileAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, Length - at)), at, cancellation);
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellation);
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A stream of its own over the body, seekable; disposing it leaves the body as it is.</summary>
    public Stream OpenStream()
    {
        if (File is not null)
        {
            return new SpoolFileStream(File, Length);
        }

        return MemoryMarshal.TryGetArray(Memory, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(Memory.ToArray(), writable: false);
    }

    public void Dispose() => File?.Dispose();

    private async ValueTask<int> ReadFileAsync(Memory<byte> into, long at, CancellationToken cancellation)
    {
        var read = await RandomAccess.ReadAsync(File!, into, at, cancellation);
        return read > 0 ? read : throw new EndOfStreamException($"A spool file of {Length} bytes ends at {at}; was it changed by another program?");
    }
}
