namespace TeeChain.Journaling;

/// <summary>An open file. Reads may run on any thread; writes and syncs are the owner's.</summary>
public interface IFile : IDisposable
{
    /// <summary>In the file system's bytes, now.</summary>
    long Length { get; }

    /// <summary>Reads at <paramref name="offset"/> until the buffer is full or the file ends; returns how much.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all. Throws <see cref="DiskFullException"/> for want of room; anything else is another <see cref="IOException"/>.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts off, or extends by a hole.</summary>
    void SetLength(long length);

    /// <summary>Returns only when everything written is durable; throws when that failed.</summary>
    void Sync();
}
