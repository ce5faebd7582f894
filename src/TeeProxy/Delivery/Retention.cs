using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Delivery;

/// <summary>
/// Lets go of what every row has passed: this node's application and that of every known node behind it. A known node
/// that is away holds everything it has not confirmed. Also remembers durably what the rows confirm.
/// </summary>
internal sealed partial class Retention(
    Journal journal, ChainMember member, Progress progress, RowTable rows, string? nextAddress, HeadOutcomes outcomes, TimeProvider time, ILogger<Retention> log)
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
        var behind = rows.Rows;
        if (IsEverybodyHere(behind))
        {
            journal.Release(behind.Aggregate(progress.Applied, static (least, row) => Math.Min(least, row.Ack.Applied)));
        }

        outcomes.RetryPostponed();
        if (behind.Count > 0 && member.Standing.Current.Membership.Chain is not null)
        {
            await member.RememberAsync([.. behind.Select(Known)], cancellation);
        }
    }

    /// <summary>A successor that is configured counts before it has ever been here.</summary>
    private bool IsEverybodyHere(IReadOnlyList<RowTable.Row> behind) =>
        (nextAddress is null || behind.Count > 0)
        && member.Standing.Current.Membership.Known.All(node => behind.Any(row => row.Ack.Node == node.Node));

    private KnownNode Known(RowTable.Row row, int index)
    {
        var address = index == 0 && nextAddress is not null ? nextAddress : row.Detail?.Address ?? "?";
        return new KnownNode(row.Ack.Node, row.Ack.Journal, address, row.Ack.Durable);
    }

    [LoggerMessage(LogLevel.Warning, "What the nodes behind this one confirm cannot be written down: {Why}. It is tried again.")]
    private partial void LogFailed(string why);
}
