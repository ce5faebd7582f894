using TeeChain.Journaling;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// This node as a member of its chain: applies the rules to what comes, makes the outcome durable, then publishes it.
/// Ingress asks it for admittance, the hop for answers. Thread-safe; one change at a time.
/// </summary>
internal sealed class ChainMember : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IFolder _folder;
    private readonly Journal _journal;
    private readonly ChainSettings _settings;
    private readonly HeadLease _lease;
    private readonly LagWindow _headWindow;
    private readonly Following<Standing> _standing;

    /// <param name="membership">As <see cref="MembershipFile.Load"/> gave it.</param>
    public ChainMember(IFolder folder, Journal journal, Membership membership, ChainSettings settings, HeadLease lease, LagWindow headWindow)
    {
        (_folder, _journal, _settings, _lease, _headWindow) = (folder, journal, settings, lease, headWindow);
        var isAlone = !settings.HasNext && membership.Known.Count == 0;
        _standing = new(new Standing(membership, [], IsReached: !settings.HasNext, IsConfirmed: isAlone));
    }

    /// <summary>The present standing, and how to wait for the next.</summary>
    public Following<Standing> Standing => _standing;

    public bool IsHead => _standing.Current.Membership.Role == Role.Head;

    public Guid Node => _standing.Current.Membership.Node;

    /// <summary>Whether this node may take a client's write now; founds the chain when this is its first.</summary>
    public ValueTask<Admittance> AdmitAsync(CancellationToken cancellation)
    {
        var standing = _standing.Current;
        return standing.Membership.Role switch
        {
            Role.Head when standing.MayTakeWrites => new(Admittance.Admitted.Instance),
            Role.Replica => new(new Admittance.Misdirected(standing.Membership.HeadAddress)),
            Role.Head when !standing.Membership.IsFounding => new(new Admittance.NotYet("This head was restarted and waits until another node of the chain has confirmed its epoch.")),
            _ => new(FoundAsync(cancellation)),
        };
    }

    /// <summary>Judges a predecessor's opening and makes the outcome durable: what is answered here may be relied on.</summary>
    public async Task<OpeningAnswer> AnswerAsync(Opening opening, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var standing = _standing.Current;
            var last = _journal.Last.ToProtocol();
            var decision = OpeningRule.Judge(
                new OpeningRule.Successor(standing.Membership, _settings.Pin, last, At(opening.Last.Sequence), _settings.Digest, _settings.Text),
                opening);
            if (decision.Verdict == Verdict.Accept)
            {
                var joined = standing.Membership.Chain is null && decision.Next.Chain is not null;
                Publish(standing with { Membership = decision.Next, UpstreamPath = opening.Path, IsUpstreamEager = opening.EagerAcks, IsConfirmed = false });
                if (joined)
                {
                    BeginToFollow(opening);
                }
            }

            return Answer(decision.Verdict, decision.Reason, decision.Next, last);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A refusal that follows from nothing in the opening itself.</summary>
    public OpeningAnswer Refuse(Verdict verdict, string reason) =>
        Answer(verdict, reason, _standing.Current.Membership, _journal.Last.ToProtocol());

    /// <summary>What this node says when it opens to its successor.</summary>
    public Opening Open(Standing standing)
    {
        var membership = standing.Membership;
        return new Opening
        {
            Protocol = HopEndpoint.Version,
            Chain = membership.Chain,
            Node = membership.Node,
            Journal = _journal.JournalId,
            Address = _settings.Address,
            Epoch = membership.Epoch,
            Head = membership.Head,
            HeadAddress = membership.HeadAddress,
            Path = [.. standing.UpstreamPath, membership.Node],
            Base = _journal.Base.ToProtocol(),
            Last = _journal.Last.ToProtocol(),
            Epochs = membership.Epochs,
            Settings = _settings.Digest,
            SettingsText = _settings.Text,
            EagerAcks = _settings.WantsEagerAcks || standing.IsUpstreamEager,
        };
    }

    /// <summary>Judges a successor's answer. When it is accepted, what it confirms is durable before this returns.</summary>
    public async Task<(Verdict Verdict, string Reason)> ResumeAsync(Standing opened, string nextAddress, OpeningAnswer answer, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var standing = _standing.Current;
            if (!standing.OpensLike(opened))
            {
                return (Verdict.Busy, "this node's own place in the chain changed meanwhile; it opens again");
            }

            var decision = ResumeRule.Judge(
                new ResumeRule.Predecessor(standing.Membership, nextAddress, _journal.Base.ToProtocol(), _journal.Last.ToProtocol(), At(answer.Last.Sequence)),
                answer);
            if (decision.Verdict == Verdict.Accept)
            {
                var confirms = decision.Next.Role == Role.Head && answer.PromisedEpoch == decision.Next.Epoch;
                Publish(standing with { Membership = decision.Next, IsReached = true, IsConfirmed = standing.IsConfirmed || confirms });
            }

            return (decision.Verdict, decision.Reason);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>An epoch's record was read from the journal.</summary>
    public Task ObserveAsync(EpochRecord record, long sequence, CancellationToken cancellation) =>
        ChangeAsync(membership => membership.WithEpochRecord(new EpochStart(record.Epoch, record.Head, sequence), record.HeadAddress), cancellation);

    /// <summary>A row of a node behind this one moved; remembered so that a folder that went back is noticed after a restart too.</summary>
    public Task RememberAsync(IReadOnlyList<KnownNode> rows, CancellationToken cancellation) =>
        ChangeAsync(
            membership => rows.Aggregate(membership, (now, row) => now.Known.Contains(row) ? now : now.WithKnown(row)),
            cancellation);

    public void Dispose() => _turn.Dispose();

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
            await ChangeAsync(Mint, cancellation);
            isAccepted = await IsSoAsync(standing => standing.IsConfirmed || standing.Membership.Role == Role.Replica, cancellation);
        }

        if (!isAccepted)
        {
            return new Admittance.NotYet("This node has not reached its successor yet. That contact is needed once in a chain's life, so that no second chain is founded by mistake; start the next node, or check --next.");
        }

        await _turn.WaitAsync(cancellation);
        try
        {
            var standing = _standing.Current;
            if (standing.Membership is not { Role: Role.Head, IsFounding: true } membership)
            {
                return standing.MayTakeWrites ? Admittance.Admitted.Instance : new Admittance.Misdirected(standing.Membership.HeadAddress);
            }

            var record = new EpochRecord(membership.Chain!.Value, membership.Epoch, membership.Node, _settings.Address, _journal.Last.Crc);
            if (_journal.Last.Sequence == 0)
            {
                await _journal.AppendAsync(EntryKind.Epoch, EntryPayload.InMemory(record.Encode(), default), membership.Epoch);
            }

            Publish(standing with { Membership = membership.WithEpochRecord(new EpochStart(membership.Epoch, membership.Node, 1), null) with { IsFounding = false } });
            return Admittance.Admitted.Instance;
        }
        catch (JournalAppendException e)
        {
            return new Admittance.NotYet($"The chain cannot be founded: {e.Message}");
        }
        finally
        {
            _turn.Release();
        }
    }

    private Membership Mint(Membership membership) => membership.Role != Role.Undecided ? membership : membership with
    {
        Chain = Guid.NewGuid(),
        Role = Role.Head,
        IsFounding = true,
        Epoch = 1,
        Head = membership.Node,
        HeadAddress = _settings.Address,
    };

    /// <summary>Waits, but not for ever, until the standing is so.</summary>
    private async Task<bool> IsSoAsync(Func<Standing, bool> condition, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_settings.FoundingPatience);
        try
        {
            await _standing.WaitAsync(condition, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task ChangeAsync(Func<Membership, Membership> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var standing = _standing.Current;
            Publish(standing with { Membership = change(standing.Membership) });
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Durable first, then visible. Called with the turn held.</summary>
    private void Publish(Standing next)
    {
        if (!ReferenceEquals(next.Membership, _standing.Current.Membership))
        {
            MembershipFile.Save(_folder, next.Membership);
        }

        _standing.Publish(next);
    }

    /// <summary>A chain that is founded now is in step by nature; one that is joined late is to be caught up with first.</summary>
    private void BeginToFollow(Opening opening)
    {
        if (opening.Last.Sequence == 0)
        {
            _lease.Grant();
        }
        else
        {
            _headWindow.Clear();
        }
    }

    private OpeningAnswer Answer(Verdict verdict, string reason, Membership membership, Position last) => new()
    {
        Verdict = verdict,
        Reason = reason,
        Chain = membership.Chain,
        Node = membership.Node,
        Journal = _journal.JournalId,
        PromisedEpoch = membership.Epoch,
        Last = last,
        Address = _settings.Address,
    };

    private Position? At(long sequence) => _journal.TryGetPosition(sequence, out var position) ? position.ToProtocol() : null;
}
