using TeeChain.Fleet.Nodes;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Registry;

/// <summary>Brings workers into the chain, at its tail, and has the states of the nodes copied for those that need it.</summary>
internal sealed class Joining(FleetRegistry registry, ChainKeeper keeper, NodeClient nodes, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Registers a worker that has been started and waits until it is in the chain, or cannot be, or the patience is over (then
    /// the stage is <see cref="JoinStage.Waiting"/>). May be called again.
    /// </summary>
    /// <exception cref="IOException">It cannot be written down; nothing has changed.</exception>
    public async Task<JoinState> RunAsync(Worker worker, TimeSpan patience, CancellationToken cancellation)
    {
        if (registry.Register(worker) is { } taken)
        {
            return new(JoinStage.Refused, taken);
        }

        for (var began = time.GetTimestamp(); ; await Task.Delay(Look, time, cancellation))
        {
            await keeper.StepAsync(cancellation);
            var state = keeper.JoinStateOf(worker.Name);
            if (state.Stage != JoinStage.Waiting || time.GetElapsedTime(began) >= patience)
            {
                return state;
            }
        }
    }

    /// <summary>
    /// Holds the head's writes until every application stands at the same record, has the state copied, and ends the hold. With
    /// the grant, a folder is made by <c>teeproxy journal seed</c>.
    /// </summary>
    /// <param name="lease">For how long clients may be kept waiting: 1 s to 10 min.</param>
    /// <param name="copy">Gets the position; cancelled when the lease is over. Says why it failed; null when it did not.</param>
    /// <returns>The grant when the copy is good, else why it is not.</returns>
    public async Task<Reply<HoldGrant>> CopyUnderHoldAsync(TimeSpan lease, Func<HoldGrant, CancellationToken, Task<string?>> copy, CancellationToken cancellation)
    {
        await keeper.StepAsync(cancellation); // Also takes who is to be seeded off the lists: the hold would wait for it.
        if (keeper.Plan.Head is not { Seat.Worker.Admin: var admin })
        {
            return new(null, null, "the chain's head cannot be asked to hold its writes");
        }

        var hold = await nodes.HoldAsync(admin, lease, cancellation);
        if (hold.Value is not { } grant)
        {
            return hold;
        }

        string? failure;
        using (var left = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            left.CancelAfter(TimeSpan.FromSeconds(grant.LeaseSeconds));
            try
            {
                failure = await copy(grant, left.Token);
            }
            catch (OperationCanceledException)
            {
                failure = "the copy took longer than the hold";
            }
        }

        // Also for a caller that gave up: nobody else can end the hold before its lease does.
        var release = await nodes.ReleaseAsync(admin, grant.Token, CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return (failure ?? release.Why) is { } why ? new(null, release.Status, why) : hold;
    }
}
