namespace TeeChain.Journaling.Tests.Faults;

/// <summary>What becomes of what was not synced.</summary>
public enum CrashMode
{
    Lost,
    Kept,

    /// <summary>Each unsynced sector of 512 bytes, and a prefix of the folder's changes, is kept or lost by the seed.</summary>
    Torn,
}
