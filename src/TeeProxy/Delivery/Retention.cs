using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>
/// Looks once a second at what the nodes behind this one have: makes room in the journal, and remembers durably what they
/// confirm. A known node that is away holds everything it has not confirmed.
/// </summary>
/// <param name="nearest">The address by which that node is reached as the nearest; null when it is not.</param>
internal sealed partial class Retention(
    JournalRoom room, ChainMember member, RowTable rows, Func<Guid, string?> nearest, HeadOutcomes outcomes, TimeProvider time, ILogger<Retention> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await StepAsync(cancellation);
            }
            catch (IOException e)
            {
                LogFailed(e.Message); // A full disk, most likely; the next step tries again.
            }
        }
    }

    /// <summary>One look at the rows.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        // First what makes room: on a full disk nothing can be remembered before.
        room.Release();
        outcomes.RetryPostponed();
        var behind = rows.Rows;
        if (behind.Count > 0 && member.Standing.Current.Membership.Chain is not null)
        {
            await member.ChangeAsync(membership => RememberRule.Remember(membership, behind, nearest(behind[0].Ack.Node)), cancellation);
        }

        await room.LookAheadAsync(cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "What the nodes behind this one confirm cannot be written down: {Why}. It is tried again.", EventName = "retention_failing")]
    private partial void LogFailed(string why);
}
