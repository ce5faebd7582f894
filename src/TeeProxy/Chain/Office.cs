using TeeChain.Journaling;

namespace TeeProxy.Chain;

/// <summary>
/// The head's office: admits clients' writes, and takes the office where it is due, by founding the chain or by a
/// promotion that a crash interrupted. Thread-safe.
/// </summary>
internal sealed class Office(ChainMember member, IJournal journal, ChainSettings settings)
{
    /// <summary>Whether this node may take a client's write now; founds the chain when this is its first.</summary>
    public ValueTask<Admittance> AdmitAsync(CancellationToken cancellation)
    {
        var standing = member.Standing.Current;
        return standing.Membership.Role switch
        {
            Role.Head when standing.MayTakeWrites => new(Admittance.Admitted.Instance),
            Role.Replica => new(new Admittance.Misdirected(standing.Membership.HeadAddress)),
            Role.Head when !standing.Membership.IsFounding => new(new Admittance.NotYet("This head was restarted and waits until another node of the chain has confirmed its epoch.")),
            _ => new(FoundAsync(cancellation)),
        };
    }

    /// <summary>Records the epoch's first record, if it is not there, and may take writes from then on. What finds no room is tried again by the next call.</summary>
    public async Task<Admittance> TakeAsync(CancellationToken cancellation)
    {
        try
        {
            return await member.InTurnAsync(TakeInTurnAsync, cancellation);
        }
        catch (Exception e) when (e is DiskFullException or JournalAppendException { Failure: AppendFailure.DiskFull })
        {
            return Admittance.DiskFull.Instance;
        }
        catch (JournalAppendException e)
        {
            return new Admittance.NotYet($"The epoch cannot be begun: {e.Message}");
        }
    }

    /// <summary>
    /// Founds the chain: 1. see that the successor, if there is one, takes this node. 2. Mint the id, durably. 3. Wait until
    /// the successor has accepted it durably. 4. Record the first epoch. 5. Be the head. Each step may be the last before a
    /// crash; the next write goes on from it.
    /// </summary>
    private async Task<Admittance> FoundAsync(CancellationToken cancellation)
    {
        var isAccepted = await IsSoAsync(standing => standing.IsReached, cancellation);
        if (isAccepted)
        {
            try
            {
                await member.ChangeAsync(Mint, cancellation);
            }
            catch (DiskFullException)
            {
                return Admittance.DiskFull.Instance;
            }

            isAccepted = await IsSoAsync(standing => standing.IsConfirmed || standing.Membership.Role == Role.Replica, cancellation);
        }

        return isAccepted
            ? await TakeAsync(cancellation)
            : new Admittance.NotYet("This node has not reached its successor yet. That contact is needed once in a chain's life, so that no second chain is founded by mistake; start the next node, or check --next.");
    }

    private Membership Mint(Membership membership) => membership.Role != Role.Undecided ? membership : membership with
    {
        Chain = Guid.NewGuid(),
        Role = Role.Head,
        IsTakingOffice = true,
        Epoch = 1,
        Head = membership.Node,
        HeadAddress = settings.Address,
    };

    private async ValueTask<(Standing, Admittance)> TakeInTurnAsync(Standing standing)
    {
        if (standing.Membership is not { Role: Role.Head, IsTakingOffice: true } membership)
        {
            return (standing, standing.MayTakeWrites ? Admittance.Admitted.Instance : new Admittance.Misdirected(standing.Membership.HeadAddress));
        }

        var record = new EpochRecord(membership.Chain!.Value, membership.Epoch, membership.Node, settings.Address, journal.Last.Crc);
        var sequence = journal.Last.Epoch < membership.Epoch
            ? (await journal.AppendAsync(EntryKind.Epoch, EntryPayload.InMemory(record.Encode(), default), membership.Epoch)).Sequence
            : journal.FirstOf(membership.Epoch) ?? journal.Last.Sequence; // A crash came between the epoch's record and the office.
        await journal.UnsealAsync();
        var inOffice = membership.WithEpochRecord(new(membership.Epoch, membership.Node, sequence), null) with { IsTakingOffice = false };
        return (standing with { Membership = inOffice }, Admittance.Admitted.Instance);
    }

    /// <summary>Waits, but not for ever, until the standing is so.</summary>
    private async Task<bool> IsSoAsync(Func<Standing, bool> condition, CancellationToken cancellation)
    {
        // Who may wait for ever needs no timer: a simulator has no time but its own.
        using var patience = settings.FoundingPatience == Timeout.InfiniteTimeSpan ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience?.CancelAfter(settings.FoundingPatience);
        try
        {
            await member.Standing.WaitAsync(condition, patience?.Token ?? cancellation);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
