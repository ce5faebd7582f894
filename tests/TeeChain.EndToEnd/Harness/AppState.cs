namespace TeeChain.EndToEnd.Harness;

/// <summary><c>GET /state</c> of the sample application: equal digests mean equal users.</summary>
internal sealed record AppState(string Name, int Users, long Applied, long Discarded, string Digest);

/// <summary>All arrivals of an application: those that were applied (or refused by its rules), and repeats that it discarded.</summary>
internal sealed record AppLog(List<AppliedWrite> Applied, List<DiscardedWrite> Discarded);

/// <summary>One page of <c>GET /state/log</c>.</summary>
internal sealed record AppLogPage(List<AppliedWrite> Applied, List<DiscardedWrite> Discarded, long First, long Next);

/// <summary>A write that arrived for the first time.</summary>
/// <param name="Index">Counts arrivals from 1.</param>
/// <param name="Redelivery">Marked: it may have arrived before, though it had not.</param>
internal sealed record AppliedWrite(long Index, long? Sequence, Guid? Chain, string User, string Kind, int Status, long Version, bool Redelivery);

/// <summary>A write that had arrived before.</summary>
internal sealed record DiscardedWrite(long Index, long Sequence, Guid Chain, string User, string Kind, bool Marked);
