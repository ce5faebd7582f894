namespace TeeChain.Journaling;

/// <summary>Bytes that were durable once are bad now. The start stops; nothing was changed.</summary>
public sealed class JournalDamagedException : IOException
{
    public JournalDamagedException(string path, long offset, string what)
        : base($"The journal is damaged: {path} at offset {offset}: {what}. Nothing was changed. "
            + "Restore this folder from a copy, or move it away and seed this node anew; `teeproxy journal check` shows what is good.")
    {
        Path = path;
        Offset = offset;
    }

    public string Path { get; }

    public long Offset { get; }
}
