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
        while (true)
        {
            await member.Standing.WaitAsync(IsToAsk, cancellation);
            try
            {
                await StepAsync(cancellation);
            }
            catch (DiskFullException)
            {
                // A higher epoch cannot be written down; the next round asks again.
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    /// <summary>One round of questions, where one is needed.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        var standing = member.Standing.Current;
        if (!IsToAsk(standing))
        {
            return;
        }

        var question = openings.Open(standing, OpeningPurpose.Ask);
        var answers = await Task.WhenAll(standing.Membership.Others.Select(node => ask(node.Address, question, Interval, cancellation)));
        await openings.HearAsync([.. answers.OfType<OpeningAnswer>()], cancellation);
    }

    private static bool IsToAsk(Standing standing) =>
        standing is { IsConfirmed: false, Membership: { Role: Role.Head, Chain: not null, IsFounding: false } };
}
