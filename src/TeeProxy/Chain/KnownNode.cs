namespace TeeProxy.Chain;

/// <summary>A node that has been behind this one: remembered durably, so that a folder that is new or went back is noticed.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Journal">Its journal's id.</param>
/// <param name="Address">Where it was reached, as configured here, or as it names itself when it is further down.</param>
/// <param name="Durable">The last sequence that it confirmed to have on disk; may lag behind what it confirmed last.</param>
internal sealed record KnownNode(Guid Node, Guid Journal, string Address, long Durable);
