namespace TeeChain.Journaling;

/// <summary>A small file that is replaced as a whole: after a crash it has its old content or its new one, never a mixture.</summary>
public static class DurableFile
{
    internal const string TemporarySuffix = ".tmp";

    /// <summary>The content; null when there is no such file.</summary>
    public static byte[]? Read(IFolder folder, string name)
    {
        if (!folder.Exists(name))
        {
            return null;
        }

        using var file = folder.Open(name);
        byte[] bytes = new byte[file.Length];
        return file.Read(0, bytes) == bytes.Length ? bytes : throw new IOException($"{name} in {folder.Path} shrank while it was read.");
    }

    /// <summary>Durable when this returns. Throws when any step failed; then the old content still counts, unless the last sync failed.</summary>
    public static void Replace(IFolder folder, string name, ReadOnlySpan<byte> bytes)
    {
        string temporary = name + TemporarySuffix;
        using (var file = folder.Create(temporary))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        folder.Rename(temporary, name);
        folder.Sync();
    }
}
