using Microsoft.Win32.SafeHandles;

namespace TeeProxy.Spooling;

/// <summary>
/// A body of known length, whole: small ones in memory, larger ones in an unlinked file of the data folder, so that
/// memory stays bounded whatever clients send. Made by <see cref="BodySpool"/>; its holder disposes it.
/// </summary>
internal sealed class SpooledBody : IDisposable
{
    public static readonly SpooledBody Empty = new(ReadOnlyMemory<byte>.Empty, null, 0);

    internal SpooledBody(ReadOnlyMemory<byte> memory, SafeFileHandle? file, long length)
    {
        Memory = memory;
        File = file;
        Length = length;
    }

    /// <summary>The bytes, when <see cref="File"/> is null.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>The spool file, when the body was too long for memory; read from position 0.</summary>
    public SafeFileHandle? File { get; }

    public long Length { get; }

    public void Dispose() => File?.Dispose();
}
