using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;

namespace TeeProxy.Chain;

/// <summary>
/// A living head's part in the promotion of another node: it takes no more writes, waits until that node holds all it has,
/// and says so. If no promise follows, it goes on.
/// </summary>
/// <param name="behind">What the nodes behind this one have reached.</param>
internal sealed class HandOver(ChainMember member, Openings openings, IJournal journal, RowTable behind, TimeProvider time)
{
    /// <summary>How long writes may be refused while the other node catches up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long after the answer the promise may be under way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private int _isRunning;
    private int _count;

    public async Task<OpeningAnswer> AnswerAsync(Opening opening, CancellationToken cancellation)
    {
        var membership = member.Standing.Current.Membership;
        if (!member.Standing.Current.MayTakeWrites || opening.Chain != membership.Chain || opening.Epoch != membership.Epoch)
        {
            return openings.Refuse(Verdict.Head, $"this node is not the head of epoch {opening.Epoch}");
        }

        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            return openings.Refuse(Verdict.Busy, "another hand-over is under way");
        }

        try
        {
            return await HandOverAsync(opening, cancellation);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private async Task<OpeningAnswer> HandOverAsync(Opening opening, CancellationToken cancellation)
    {
        var turn = Interlocked.Increment(ref _count);
        var last = await journal.SealAsync();
        var began = time.GetTimestamp();
        while (HeldBy(opening.Node) < last.Sequence)
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                await UnsealAsync();
                return openings.Refuse(Verdict.Ahead, $"node {opening.Node} holds records up to {HeldBy(opening.Node)}, and this one up to {last.Sequence}");
            }

            await Task.Delay(Look, time, CancellationToken.None);
        }

        _ = GoOnUnlessPromisedAsync(turn);
        return openings.Accept();
    }

    private long HeldBy(Guid node) => behind.Rows.FirstOrDefault(row => row.Ack.Node == node)?.Ack.Durable ?? 0;

    /// <summary>A later hand-over has its own grace.</summary>
    private async Task GoOnUnlessPromisedAsync(int turn)
    {
        await Task.Delay(Grace, time);
        if (turn == Volatile.Read(ref _count))
        {
            await UnsealAsync();
        }
    }

    /// <summary>In turn, so that it cannot come behind a promise.</summary>
    private async Task UnsealAsync()
    {
        try
        {
            await member.InTurnAsync(
                async standing =>
                {
                    if (standing.MayTakeWrites)
                    {
                        await journal.UnsealAsync();
                    }

                    return (standing, true);
                },
                CancellationToken.None);
        }
        catch (Exception e) when (e is JournalAppendException or ObjectDisposedException)
        {
            // The node stops.
        }
    }
}
