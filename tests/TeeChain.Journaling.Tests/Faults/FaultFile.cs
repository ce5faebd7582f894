namespace TeeChain.Journaling.Tests.Faults;

/// <summary>A file's content: what is durable, what a reader sees, and the writes between the two.</summary>
internal sealed class FaultFile
{
    private readonly List<(long Offset, byte[] Bytes)> _unsynced = [];

    public byte[] Durable { get; private set; } = [];

    public byte[] Live { get; private set; } = [];

    public static FaultFile Of(byte[] bytes) => new() { Durable = bytes, Live = [.. bytes] };

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Live = Applied(Live, offset, bytes);
        _unsynced.Add((offset, bytes.ToArray()));
    }

    public void SetLength(long length)
    {
        Live = Live[..(int)length];
        Durable = Durable[..(int)Math.Min(length, Durable.Length)];
        _unsynced.RemoveAll(write => write.Offset + write.Bytes.Length > length);
    }

    public void Sync()
    {
        Durable = [.. Live];
        _unsynced.Clear();
    }

    public byte[] AfterCrash(CrashMode mode, Random random)
    {
        if (mode != CrashMode.Torn)
        {
            return mode == CrashMode.Kept ? [.. Live] : [.. Durable];
        }

        byte[] bytes = [.. Durable];
        foreach (var (offset, written) in _unsynced)
        {
            for (int at = 0; at < written.Length;)
            {
                int count = Math.Min(512 - (int)((offset + at) % 512), written.Length - at);
                bytes = random.Next(2) == 0 ? bytes : Applied(bytes, offset + at, written.AsSpan(at, count));
                at += count;
            }
        }

        return bytes;
    }

    private static byte[] Applied(byte[] bytes, long offset, ReadOnlySpan<byte> written)
    {
        if (offset + written.Length > bytes.Length)
        {
            Array.Resize(ref bytes, (int)offset + written.Length);
        }

        written.CopyTo(bytes.AsSpan((int)offset));
        return bytes;
    }
}
