namespace TeeChain.Journaling;

/// <summary>A cursor says that more was delivered than the journal holds: the journal, or a part of it, is an older copy.</summary>
public sealed class CursorBeyondJournalException(string path, long cursor, long last)
    : IOException($"The journal in {path} ends at {last}, but its cursor says that {cursor} was delivered. The journal's files are older than the cursor. "
        + "Restore the newer files, or move the folder away and seed this node anew.")
{
    public long Cursor { get; } = cursor;

    public long Last { get; } = last;
}
