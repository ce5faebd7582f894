using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;

namespace TeeProxy.Chain;

/// <summary>
/// What happens in a node when nothing else does: the head beats and tells what the chain is, and everybody notes where
/// the journal and the head are.
/// </summary>
/// <param name="applied">The last sequence before which nothing is undelivered here.</param>
/// <param name="behind">What the nodes behind this one have reached.</param>
internal sealed class Heart(
    ChainMember member,
    Office office,
    IJournal journal,
    Func<long> applied,
    RowTable behind,
    HeadLease lease,
    LagWindow headWindow,
    LagWindow ownWindow,
    Following<Beat> beats,
    TimeProvider time)
{
    private readonly long _incarnation = Random.Shared.NextInt64(1, long.MaxValue);
    private long _counter;
    private Membership? _viewOf;
    private ReadOnlyMemory<byte> _view;
    private ReadOnlyMemory<byte> _viewSeen;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pulse.Interval, time);
        do
        {
            try
            {
                await StepAsync(cancellation);
            }
            catch (DiskFullException)
            {
                // What was heard cannot be written down; the next beat brings it again.
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>One interval's work.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        if (member.Standing.Current is { IsConfirmed: true, Membership.IsTakingOffice: true })
        {
            // What a crash interrupted is finished as soon as it can be, not only when somebody writes.
            await office.TakeAsync(cancellation);
        }

        if (member.Standing.Current is { MayTakeWrites: true, Membership.Announced.Count: > 0 })
        {
            await member.ChangeAsync(now => CountRule.Count(now, behind.Rows.Select(static row => row.Ack)), cancellation);
        }

        var standing = member.Standing.Current;
        var last = journal.Last.Sequence;
        ownWindow.Note(last);
        if (standing.MayTakeWrites)
        {
            headWindow.Note(last);
            beats.Publish(new Beat(new Heartbeat(_incarnation, ++_counter, last, standing.Membership.Epoch), View(standing.Membership)));
        }
        else if (standing.Membership.Chain is null || standing.Membership.IsFounding)
        {
            headWindow.Note(0);
        }
        else if (lease.SinceRenewal > Pulse.Lease)
        {
            headWindow.Clear();
        }
        else
        {
            await FollowAsync(standing.Membership, cancellation);
        }
    }

    /// <summary>A replica takes over what the head says of the chain, and counts once it has caught up.</summary>
    private async Task FollowAsync(Membership membership, CancellationToken cancellation)
    {
        var told = beats.Current.View;
        var view = told.Span.SequenceEqual(_viewSeen.Span) ? null : ChainView.TryRead(told.Span);
        var hasCaughtUp = membership.IsJoining && headWindow.Then() is { } then && applied() >= then;
        if (view is null && !hasCaughtUp)
        {
            return;
        }

        await member.ChangeAsync(
            now =>
            {
                var next = view is null ? now : ViewRule.Adopt(now, view);
                return hasCaughtUp ? next with { IsJoining = false } : next;
            },
            cancellation);
        if (!membership.IsListed && member.Standing.Current.Membership.IsListed)
        {
            headWindow.Clear(); // Answers that did not wait for this node may be newer than max-lag: it is watched for so long once more.
        }

        _viewSeen = told;
    }

    /// <summary>The chain as this head knows it, encoded anew only when it changed.</summary>
    private ReadOnlyMemory<byte> View(Membership membership)
    {
        if (!ReferenceEquals(_viewOf, membership))
        {
            (_viewOf, _view) = (membership, ViewRule.Of(membership).Write());
        }

        return _view;
    }
}
