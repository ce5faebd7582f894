namespace TeeChain.Journaling.Writing;

/// <summary>A spooled body could not be copied. Fails its own entry, never the journal.</summary>
internal sealed class SpoolUnreadableException(string why) : Exception($"The spool file could not be read: {why}.");
