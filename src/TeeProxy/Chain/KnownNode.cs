using System.Text.Json.Serialization;

namespace TeeProxy.Chain;

/// <summary>A node that counts behind this one: remembered durably, so that a folder that is new or went back is noticed.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Journal">Its journal's id.</param>
/// <param name="Address">Where it was reached, as configured here, or as it names itself when it is further down.</param>
/// <param name="Durable">The last sequence that it confirmed to have on disk; may lag behind what it confirmed last.</param>
/// <param name="DeclaredFrom">
/// What an operator said that it, or what takes its place, still has; then it counts for nothing but retention until
/// that node is here. Null: nobody said so.
/// </param>
/// <param name="IsDetached">The head let go of it when the journal's budget was used up: it counts still, but holds nothing.</param>
/// <param name="DetachedAt">The head's last record when it did so last: a node that has applied that much was brought up to date since. 0: it never did.</param>
internal sealed record KnownNode(Guid Node, Guid Journal, string Address, long Durable, long? DeclaredFrom = null, bool IsDetached = false, long DetachedAt = 0)
{
    /// <summary>The first record behind this one is still needed for it.</summary>
    [JsonIgnore]
    public long NeedsBehind => DeclaredFrom ?? Durable;
}
