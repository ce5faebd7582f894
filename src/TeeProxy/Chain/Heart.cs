using TeeChain.Journaling;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// What happens in a node when nothing else does: the head beats, and everybody notes where the journal and the head are.
/// </summary>
internal sealed class Heart(
    ChainMember member, Journal journal, HeadLease lease, LagWindow headWindow, LagWindow ownWindow, Following<Beat> beats, TimeProvider time)
{
    private readonly long _incarnation = Random.Shared.NextInt64(1, long.MaxValue);
    private long _counter;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pulse.Interval, time);
        do
        {
            await StepAsync(cancellation);
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>One interval's work.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        if (member.Standing.Current is { IsConfirmed: true, Membership.IsFounding: true })
        {
            // A founding that a crash interrupted is finished as soon as it can be, not only when somebody writes.
            await member.AdmitAsync(cancellation);
        }

        var standing = member.Standing.Current;
        var last = journal.Last.Sequence;
        ownWindow.Note(last);
        if (standing.MayTakeWrites)
        {
            headWindow.Note(last);
            beats.Publish(new Beat(new Heartbeat(_incarnation, ++_counter, last, standing.Membership.Epoch), default));
        }
        else if (standing.Membership.Chain is null || standing.Membership.IsFounding)
        {
            headWindow.Note(0);
        }
        else if (lease.SinceRenewal > Pulse.Lease)
        {
            headWindow.Clear();
        }
    }
}
