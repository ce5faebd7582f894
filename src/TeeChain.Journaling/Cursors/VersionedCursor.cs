namespace TeeChain.Journaling.Cursors;

/// <summary>A saved cursor. Of two, the one with the higher version is the newer; the first save has version 1.</summary>
internal sealed record VersionedCursor(long Version, CursorState State)
{
    public static VersionedCursor None { get; } = new(0, CursorState.Start);
}
