using System.Collections.Concurrent;
using SampleApp.Applied;

namespace SampleApp.Users;

/// <summary>
/// All users, in memory. Writes are applied one at a time in the order in which they arrive; reads take no lock.
/// </summary>
internal sealed class UserStore(AppliedLog log, Action<Arrival, PasswordHash>? record = null)
{
    // 65,536 deliveries are minutes of writes at full speed; a repeat comes within seconds.
    private const int RememberedDeliveries = 1 << 16;

    private readonly Lock _writing = new();

    // Both written under _writing only.
    private readonly ConcurrentDictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly RecentDeliveries _recent = new(RememberedDeliveries);

    public User? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>
    /// Applies the change, or discards it when it was applied before; then the outcome is that of the first time. The
    /// change is recorded before it shows; when recording throws, nothing has changed.
    /// </summary>
    public Outcome Apply(Change change)
    {
        lock (_writing)
        {
            var user = Find(change.User);
            var isDiscarded = TryFirstOutcome(change, user, out var outcome);
            if (!isDiscarded)
            {
                outcome = Judge(change.Kind, user);
            }

            var arrival = new Arrival(change.Kind, change.User, change.Delivery, change.IsRedelivery, isDiscarded, outcome);
            record?.Invoke(arrival, change.Password);
            Show(arrival, change.Password);
            return outcome;
        }
    }

    /// <summary>Takes an arrival of an earlier run as it was judged then. Called before the first <see cref="Apply"/>.</summary>
    public void Restore(Arrival arrival, PasswordHash? password)
    {
        lock (_writing)
        {
            Show(arrival, password);
        }
    }

    /// <summary>A consistent copy: the users after exactly the counted arrivals.</summary>
    public (User[] Users, ArrivalCounts Counts) Snapshot()
    {
        lock (_writing)
        {
            return ([.. _users.Values], log.Counts);
        }
    }

    private bool TryFirstOutcome(Change change, User? user, out Outcome outcome)
    {
        outcome = default;
        if (change.Delivery is not { } delivery)
        {
            return false;
        }

        // A quiet user's last delivery is known for ever, however busy the others are.
        if (user?.Last == delivery)
        {
            outcome = user.LastOutcome;
            return true;
        }

        return _recent.TryGet(delivery, change.User, out outcome);
    }

    private static Outcome Judge(ChangeKind kind, User? user) => (kind, user) switch
    {
        (ChangeKind.Register, null) => new Outcome(StatusCodes.Status201Created, 1),
        (ChangeKind.Register, _) => new Outcome(StatusCodes.Status409Conflict, user.Version),
        (_, null) => new Outcome(StatusCodes.Status404NotFound, 0),
        _ => new Outcome(StatusCodes.Status200OK, user.Version + 1),
    };

    private void Show(Arrival arrival, PasswordHash? password)
    {
        if (!arrival.IsDiscarded && arrival.Outcome.IsAccepted && password is not null)
        {
            _users[arrival.User] = new User(arrival.User, arrival.Outcome.Version, password, arrival.Delivery);
        }

        if (!arrival.IsDiscarded && arrival.Delivery is { } delivery)
        {
            _recent.Add(delivery, arrival.User, arrival.Outcome);
        }

        log.Append(arrival);
    }
}
