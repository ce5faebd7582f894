namespace TeeChain.Journaling;

/// <summary>The journal stopped for good. What is committed can still be read; the process should exit and start again.</summary>
public sealed class JournalFaultedException(Exception cause)
    : IOException($"The journal is faulted and takes nothing any more: {cause.Message} Restart the process; recovery decides what was recorded.", cause);
