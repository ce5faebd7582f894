namespace TeeChain.Fleet.Registry;

/// <summary>A worker's place in the registry.</summary>
/// <param name="Node">The id that its node had when it was last seen in the fleet's chain; null before. Durable.</param>
/// <param name="IsLeaving">It is being taken out of the chain for good; nobody is wired to it. Durable.</param>
/// <param name="Gap">Its predecessor no longer keeps what it needs; null while nobody said so.</param>
/// <param name="LeaseEnds">On the registry's monotonic clock, since its start; null for a worker whose state its starter tells.</param>
internal sealed record Seat(Worker Worker, Guid? Node = null, bool IsLeaving = false, TimeSpan? LeaseEnds = null, Gap? Gap = null)
{
    public string Name => Worker.Name;

    /// <summary>Whether the two cannot both be: one name or one address stands for both.</summary>
    public bool Collides(Worker other) =>
        Name == other.Name || Worker.Address == other.Address || Worker.Teeproxy == other.Teeproxy || Worker.Admin == other.Admin;

    /// <summary>Whether it is the same worker at the same place.</summary>
    public bool Is(Worker other) => Worker with { State = other.State } == other;
}

/// <summary>A newcomer as it is cannot be brought up to date: with its application it must be seeded, which gives it a folder with another id.</summary>
/// <param name="Node">Its node's id.</param>
/// <param name="Why">In its predecessor's words.</param>
internal sealed record Gap(Guid Node, string Why);
