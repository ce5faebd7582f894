namespace TeeChain.Fleet.Registry;

/// <summary>
/// The workers in the chain's order, the head first, and how it changes. Immutable, no clock: times are given, on the
/// registry's monotonic clock. Invariant: no two seats have a name or an address in common. A change that is none returns the same object.
/// </summary>
internal sealed record Roster(IReadOnlyList<Seat> Seats)
{
    public static readonly Roster Empty = new([]);

    public IEnumerable<Worker> Workers => Seats.Select(static seat => seat.Worker);

    /// <summary>Whether any node was ever seen in a chain.</summary>
    public bool IsFounded => Seats.Any(static seat => seat.Node is not null);

    public Seat? Find(string name) => Seats.FirstOrDefault(seat => seat.Name == name);

    /// <summary>A worker announced itself: it has a lease, and is in the turns unless it says that it stops, or is taken out of the chain.</summary>
    public Roster Announced(Worker worker, bool isStopping, TimeSpan leaseEnds)
    {
        var present = Find(worker.Name) is { } seat && seat.Is(worker) ? seat : null;
        var state = isStopping || present is { IsLeaving: true } ? WorkerState.Draining : WorkerState.Present;
        return Seated(worker with { State = state }, present is { LeaseEnds: null } ? null : leaseEnds);
    }

    /// <summary>Whoever starts and stops the worker tells its state; it needs no lease.</summary>
    public Roster Registered(Worker worker) =>
        Seated(worker with { State = Find(worker.Name) is { IsLeaving: true } ? WorkerState.Draining : worker.State }, null);

    /// <summary>Whose lease is over is away.</summary>
    public Roster Expired(TimeSpan now) =>
        Each(seat => seat.LeaseEnds < now && !seat.IsLeaving && seat.Worker.State != WorkerState.Away ? In(seat, WorkerState.Away) : seat);

    public Roster WithState(string name, WorkerState state) =>
        One(name, seat => seat.Worker.State == state || seat.IsLeaving ? seat : In(seat, state));

    public Roster WithNode(string name, Guid node) => One(name, seat => seat.Node == node ? seat : seat with { Node = node });

    public Roster WithGap(string name, Gap gap) => One(name, seat => seat.Gap == gap ? seat : seat with { Gap = gap });

    public Roster WithLeaving(string name) => One(name, seat => seat.IsLeaving ? seat : In(seat, WorkerState.Draining) with { IsLeaving = true });

    public Roster WithStaying(string name) => One(name, seat => seat.IsLeaving ? In(seat, WorkerState.Present) with { IsLeaving = false } : seat);

    public Roster Without(string name) => Find(name) is null ? this : new([.. Seats.Where(seat => seat.Name != name)]);

    /// <summary>In the order of <paramref name="names"/>; who is not named comes behind, as it was.</summary>
    public Roster Arranged(IReadOnlyList<string> names)
    {
        Seat[] next = [.. names.Select(Find).OfType<Seat>(), .. Seats.Where(seat => !names.Contains(seat.Name))];
        return next.SequenceEqual(Seats) ? this : new(next);
    }

    /// <summary>
    /// At the place of the seat that it collides with, which is its own, or that of one who is away; else at the end. Whoever
    /// else collides with it is away too, and gone.
    /// </summary>
    private Roster Seated(Worker worker, TimeSpan? leaseEnds)
    {
        var taken = Seats.FirstOrDefault(seat => seat.Name == worker.Name) ?? Seats.FirstOrDefault(seat => seat.Collides(worker));
        var seat = new Seat(worker, taken?.Node, taken is { IsLeaving: true } && taken.Name == worker.Name, leaseEnds, taken?.Gap);
        return taken is null ? new([.. Seats, seat])
            : seat == taken ? this
            : new([.. Seats.Where(other => other == taken || !other.Collides(worker)).Select(other => other == taken ? seat : other)]);
    }

    private static Seat In(Seat seat, WorkerState state) => seat with { Worker = seat.Worker with { State = state } };

    private Roster One(string name, Func<Seat, Seat> change) => Each(seat => seat.Name == name ? change(seat) : seat);

    private Roster Each(Func<Seat, Seat> change)
    {
        Seat[] next = [.. Seats.Select(change)];
        return next.SequenceEqual(Seats) ? this : new(next);
    }
}
