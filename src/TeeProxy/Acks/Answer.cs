using TeeProxy.Spooling;

namespace TeeProxy.Acks;

/// <summary>An application's complete answer to a write, as it will go to the client: read at the application's speed.</summary>
/// <param name="Status">100 to 999.</param>
/// <param name="Headers">In the application's order, hop-by-hop ones already removed.</param>
/// <param name="Body">Owned by whoever holds the answer.</param>
internal sealed record Answer(int Status, string? Reason, IReadOnlyList<KeyValuePair<string, string>> Headers, SpooledBody Body);
