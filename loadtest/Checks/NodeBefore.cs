using TeeChain.Protocol;

namespace LoadTest.Checks;

/// <summary>A node as it was before the run.</summary>
/// <param name="Name">How reports call it.</param>
/// <param name="Application">Its address as seen from here.</param>
/// <param name="Arrivals">How many writes its application had seen; null where it is another than the sample one.</param>
internal sealed record NodeBefore(string Name, Address Admin, Uri Application, long LastSequence, long Divergences, int Parked, long? Arrivals);

/// <summary>A node's application after the run.</summary>
/// <param name="Applied">This run's accepted writes, in the order of their arrival.</param>
internal sealed record NodeLog(string Name, IReadOnlyList<AppliedWrite> Applied);
