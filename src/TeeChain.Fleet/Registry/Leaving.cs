using TeeChain.Fleet.Nodes;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// Takes a worker out of the fleet and the chain for good, without a failed read or a lost write:
/// <list type="number">
/// <item>it is marked (durably: a registry that dies here goes on with it), and front doors send it nothing new;</item>
/// <item>its application finishes what is on its way, as far as that is known;</item>
/// <item>the head removes its node: from then on nobody waits for it;</item>
/// <item>its predecessors' lists go without it, and the registry forgets it. Then its processes may be stopped.</item>
/// </list>
/// Whoever asks again goes on where it stopped.
/// </summary>
/// <param name="onTheirWay">How many requests the front doors have on their way to a worker's application; null: they do not know.</param>
internal sealed class Leaving(FleetRegistry registry, ChainKeeper keeper, NodeClient nodes, Func<string, int?> onTheirWay, TimeProvider time)
{
    /// <summary>Until the last front door has heard of it: a long poll, or HAProxy's next check.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(2);

    /// <summary>How long is waited where nobody knows: a node's own drain.</summary>
    public static readonly TimeSpan Unknown = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait for requests that do not end.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private const int Attempts = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(500);

    /// <summary>Null when the worker has left; else why not. Then it is what it was, or, where the head may have removed it, still marked.</summary>
    /// <exception cref="IOException">It cannot be written down.</exception>
    public async Task<string?> RunAsync(string name, CancellationToken cancellation)
    {
        if (registry.Roster.Find(name) is not { } seat)
        {
            return $"{name} is not in the fleet.";
        }

        await keeper.StepAsync(cancellation);
        if (WhyItCannot(name, out _) is { } cannot)
        {
            return cannot;
        }

        registry.MarkLeaving(name);
        await FinishAsync(name, cancellation);
        if (await RemoveAsync(seat, cancellation) is { } refusal)
        {
            return refusal;
        }

        await keeper.StepAsync(cancellation); // No list names it now, but of nodes that are down: those are told when they are back.
        registry.Forget(name);
        return null;
    }

    private async Task FinishAsync(string name, CancellationToken cancellation)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(Look, time, cancellation))
        {
            var (waited, count) = (time.GetElapsedTime(began), onTheirWay(name));
            if (waited >= (count switch { null => Unknown, 0 => Notice, _ => Longest }))
            {
                return;
            }
        }
    }

    /// <summary>Null when its node counts no more.</summary>
    private async Task<string?> RemoveAsync(Seat seat, CancellationToken cancellation)
    {
        var (why, mayBeRemoved) = ((string?)null, false);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await keeper.StepAsync(cancellation);
            why = WhyItCannot(seat.Name, out var head);
            if (why is null)
            {
                // Without a head there is no chain, and without an id it was never seen in one.
                var reply = head is not null && NodeOf(seat) is { } node ? await nodes.RemoveAsync(head, node, cancellation) : null;
                if (reply is null or { IsOk: true })
                {
                    return null;
                }

                (why, mayBeRemoved) = (reply.Why, mayBeRemoved || reply.IsUnknown);
            }

            await Task.Delay(BetweenAttempts, time, cancellation);
        }

        if (!mayBeRemoved)
        {
            registry.MarkStaying(seat.Name);
        }

        return $"{seat.Name} cannot leave the chain: {why}";
    }

    private Guid? NodeOf(Seat seat) => keeper.Statuses.TryGetValue(seat.Name, out var status) ? status.NodeId : seat.Node;

    /// <param name="head">Its admin address; null while there is no chain.</param>
    private string? WhyItCannot(string name, out string? head)
    {
        var plan = keeper.Plan;
        head = plan.Head?.Seat.Worker.Admin;
        return plan.Head?.Name == name ? $"{name} is the head: promote another node first."
            : head is null && (plan.Chain is not null || registry.Roster.IsFounded) ? "the chain's head cannot be asked."
            : null;
    }
}
