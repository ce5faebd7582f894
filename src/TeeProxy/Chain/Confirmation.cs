using TeeChain.Journaling;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>
/// A restarted head asks every node it knows whether anybody still follows it, until one does: its successor may be down,
/// and another may have been promoted meanwhile.
/// </summary>
internal sealed class Confirmation(ChainMember member, Openings openings, AskNode ask, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await StepAsync(cancellation);
            }
            catch (DiskFullException)
            {
                // What was heard cannot be written down, so it is not obeyed yet; it is asked again.
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>One round of questions, where one is needed.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        var standing = member.Standing.Current;
        if (standing is not { IsConfirmed: false, Membership: { Role: Role.Head, Chain: not null } membership } || membership.IsFounding)
        {
            return;
        }

        var question = openings.Open(standing, OpeningPurpose.Ask);
        var answers = await Task.WhenAll(membership.Others.Select(node => ask(node.Address, question, Interval, cancellation)));
        await openings.HearAsync([.. answers.OfType<OpeningAnswer>()], cancellation);
    }
}
