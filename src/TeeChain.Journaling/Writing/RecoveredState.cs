using TeeChain.Journaling.Cursors;

namespace TeeChain.Journaling.Writing;

/// <summary>Where the committer goes on.</summary>
internal sealed record RecoveredState(Committed Committed, VersionedCursor Cursor);
