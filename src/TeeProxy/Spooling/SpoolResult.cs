namespace TeeProxy.Spooling;

/// <summary>How reading a body ended.</summary>
internal enum SpoolOutcome
{
    /// <summary>It is whole, and the caller's to dispose.</summary>
    Complete,

    /// <summary>Longer than the limit; the rest was not read.</summary>
    TooLarge,

    /// <summary>The disk has no room for the spool file. A later try may succeed.</summary>
    DiskFull,

    /// <summary>The spool file could not be made or written for another reason.</summary>
    DiskFailed,
}

/// <summary>What <see cref="BodySpool"/> returns.</summary>
/// <param name="Body">Set when, and only when, <see cref="SpoolOutcome.Complete"/>.</param>
/// <param name="Why">The system's words, when the disk is at fault.</param>
internal readonly record struct SpoolResult(SpoolOutcome Outcome, SpooledBody? Body = null, string? Why = null);
