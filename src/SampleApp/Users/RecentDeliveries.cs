using System.Runtime.InteropServices;

namespace SampleApp.Users;

/// <summary>
/// What the latest deliveries were answered with, so that a repeat gets the first answer. Bounded: a proxy repeats only
/// what was in flight, so an old delivery need not be known. Exact, and not "sequence at most the last one", because a
/// write that was set aside and is retried later arrives out of order and is new all the same. Not thread-safe.
/// </summary>
internal sealed class RecentDeliveries(int capacity)
{
    // Invariant: _order holds exactly the keys of _outcomes, oldest first.
    private readonly Queue<(Delivery, string)> _order = new();
    private readonly Dictionary<(Delivery Delivery, string User), Outcome> _outcomes = [];

    public bool TryGet(Delivery delivery, string user, out Outcome outcome) =>
        _outcomes.TryGetValue((delivery, user), out outcome);

    public void Add(Delivery delivery, string user, Outcome outcome)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_outcomes, (delivery, user), out var isKnown);
        slot = outcome;
        if (isKnown)
        {
            return;
        }

        _order.Enqueue((delivery, user));
        if (_order.Count > capacity)
        {
            _outcomes.Remove(_order.Dequeue());
        }
    }
}
