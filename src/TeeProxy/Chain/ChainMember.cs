using TeeChain.Journaling;

namespace TeeProxy.Chain;

/// <summary>
/// This node as a member of its chain: holds its standing, makes each change durable, then publishes it. Thread-safe; one
/// change at a time. What changes it is in <see cref="Openings"/>, <see cref="Office"/> and <see cref="Promotion"/>.
/// </summary>
internal sealed class ChainMember : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IFolder _folder;
    private readonly IJournal _journal;
    private readonly Following<Standing> _standing;

    /// <param name="membership">As <see cref="MembershipFile.Load"/> gave it.</param>
    /// <param name="hasNext">Whether a successor is configured.</param>
    public ChainMember(IFolder folder, IJournal journal, Membership membership, bool hasNext)
    {
        (_folder, _journal) = (folder, journal);
        _standing = new(new Standing(membership, [], IsReached: !hasNext, IsConfirmed: !hasNext && membership.Known.Count == 0));
    }

    /// <summary>The present standing, and how to wait for the next.</summary>
    public Following<Standing> Standing => _standing;

    public bool IsHead => _standing.Current.Membership.Role == Role.Head;

    public Guid Node => _standing.Current.Membership.Node;

    /// <summary>One change: what <paramref name="step"/> makes of the standing is durable and visible when this returns.</summary>
    /// <exception cref="IOException">It may or may not be durable; it is not obeyed.</exception>
    public async Task<T> InTurnAsync<T>(Func<Standing, ValueTask<(Standing Next, T Result)>> step, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var (next, result) = await step(_standing.Current);
            await PublishAsync(next);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task ChangeAsync(Func<Membership, Membership> change, CancellationToken cancellation) =>
        InTurnAsync(standing => new ValueTask<(Standing, bool)>((standing with { Membership = change(standing.Membership) }, true)), cancellation);

    /// <summary>An epoch's record was read from the journal.</summary>
    public Task ObserveAsync(EpochRecord record, long sequence, CancellationToken cancellation) =>
        ChangeAsync(membership => membership.WithEpochRecord(new(record.Epoch, record.Head, sequence), record.HeadAddress), cancellation);

    public void Dispose() => _turn.Dispose();

    /// <summary>Durable first, then visible. Who leads no more records nothing of its own any more, before anybody hears of it.</summary>
    private async Task PublishAsync(Standing next)
    {
        if (next == _standing.Current)
        {
            return;
        }

        var now = _standing.Current.Membership;
        next = next with { Membership = CountRule.Tell(now, next.Membership) };
        if (now.Role == Role.Head && next.Membership.Role != Role.Head)
        {
            await _journal.SealAsync();
        }

        if (!ReferenceEquals(next.Membership, now))
        {
            MembershipFile.Save(_folder, next.Membership);
        }

        _standing.Publish(next);
    }
}
