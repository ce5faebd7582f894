namespace TeeChain.Journaling;

/// <summary>Another process has the folder.</summary>
public sealed class JournalLockedException(string path)
    : IOException($"The journal folder {path} is in use by another process (its pid is in the file `lock`). Stop that process, or give this one a folder of its own.");
