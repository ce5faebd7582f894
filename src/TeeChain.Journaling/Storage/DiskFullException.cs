namespace TeeChain.Journaling;

/// <summary>A write found no room (ENOSPC or EDQUOT). How much of it is on disk is unknown.</summary>
public sealed class DiskFullException(string path, Exception? inner = null) : IOException($"No room on the disk for {path}.", inner);
