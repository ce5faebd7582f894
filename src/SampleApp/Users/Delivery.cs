namespace SampleApp.Users;

/// <summary>
/// The proxy's name for a write: the same on every node and on every repeat, so that an application can tell a repeat
/// from a new write. Sequences alone would do within one chain's life; the chain tells two lives apart.
/// </summary>
internal readonly record struct Delivery(Guid Chain, long Sequence);
