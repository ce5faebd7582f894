using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Hop;

/// <summary>
/// What other nodes open to this one for: answers questions, and runs at most one stream from a predecessor. A newcomer
/// that may take over waits until the old stream has ended and all it brought is durable, so frames of two streams never
/// mix.
/// </summary>
/// <param name="ahead">What the nodes before this one have reached, as the stream tells.</param>
internal sealed partial class PredecessorLink(
    ChainMember member,
    Openings openings,
    HandOver handOver,
    Journal journal,
    HeadFollower follower,
    RowSource rows,
    RowTable ahead,
    Progress progress,
    OpeningExchange exchange,
    Problems problems,
    DiskLog disk,
    TimeProvider time,
    ILogger<PredecessorLink> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Present? _present;

    /// <summary>The stream that counts, its end, and how to end it. Written with the turn held.</summary>
    private sealed record Present(PredecessorStream Stream, CancellationTokenSource Stop)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The turn, until it is disposed.</summary>
    private readonly record struct Turn(SemaphoreSlim Held) : IDisposable
    {
        public void Dispose() => Held.Release();
    }

    /// <summary>Who opened last; null before anybody did.</summary>
    public PreviousStatus? Status => _present is { } present
        ? new PreviousStatus(present.Stream.Opening.Node, present.Stream.Opening.Address, !present.Ended.Task.IsCompleted, present.Stream.SinceBeat.TotalSeconds)
        : null;

    /// <summary>Serves one connection until it ends.</summary>
    public async Task ServeAsync(Stream connection, string peer, CancellationToken cancellation)
    {
        await using var stream = new HopStream(connection);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(HopStream.OpeningPatience);
            var (opening, answer) = await exchange.ReceiveAsync(stream, peer, patience.Token);
            if (opening.Purpose is not (OpeningPurpose.Stream or OpeningPurpose.CatchUp))
            {
                await answer(await RespondAsync(opening, cancellation), cancellation);
                return;
            }

            var address = peer;
            peer = opening.Address;
            var present = await TakeAsync(stream, opening, answer, address, patience.Token);
            disk.HasRoom(); // for what the opening changed, and for all that came before it
            await RunAsync(stream, present, cancellation);
        }
        catch (HopRefusedException e)
        {
            await stream.CloseAsync(e.Verdict, e.Message);
            if (problems.Report(e.Verdict, peer, e.Message))
            {
                LogRefused(peer, e.Verdict, e.Message);
            }
        }
        catch (DiskFullException)
        {
            // What the opening changes cannot be written down. It comes again, twice a second: no line for each.
            disk.Full();
        }
        catch (Exception e)
        {
            // Whatever it was, the next opening finds out where both stand.
            LogEnded(peer, e.Message);
        }
    }

    /// <summary>Ends the present stream, if there is one; what it brought is durable when this completes.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        using var turn = await TurnAsync(cancellation);
        await EndInTurnAsync(cancellation);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Turn> TurnAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        return new Turn(_turn);
    }

    /// <summary>What is no stream.</summary>
    private Task<OpeningAnswer> RespondAsync(Opening opening, CancellationToken cancellation) => opening.Purpose switch
    {
        OpeningPurpose.HandOver => handOver.AnswerAsync(opening, cancellation),
        OpeningPurpose.Promise => PromiseAsync(opening, cancellation),
        _ => openings.InformAsync(opening, cancellation),
    };

    /// <summary>The old head's entries end here, and no other stream begins before the promise: they might come behind it.</summary>
    private async Task<OpeningAnswer> PromiseAsync(Opening opening, CancellationToken cancellation)
    {
        using var turn = await TurnAsync(cancellation);
        await EndInTurnAsync(cancellation);
        return await openings.PromiseAsync(opening, cancellation);
    }

    /// <summary>Judges and answers. Returns the stream that counts from now on.</summary>
    private async Task<Present> TakeAsync(
        HopStream stream, Opening opening, Func<OpeningAnswer, CancellationToken, ValueTask> answer, string peer, CancellationToken cancellation)
    {
        using var turn = await TurnAsync(cancellation);
        var judged = await JudgeAsync(opening, cancellation);
        await answer(judged, cancellation);
        if (judged.Verdict != Verdict.Accept)
        {
            throw new HopRefusedException(judged.Verdict, judged.Reason);
        }

        return _present = new Present(
            new PredecessorStream(stream, opening, journal, follower, rows, ahead, progress, () => Proven(opening, judged, peer), time),
            new CancellationTokenSource());
    }

    private async Task<OpeningAnswer> JudgeAsync(Opening opening, CancellationToken cancellation)
    {
        if (_present is { Ended.Task.IsCompleted: false } old)
        {
            var rival = new PredecessorRule.Present(old.Stream.Opening.Node, old.Stream.SinceBeat);
            var isOfHigherEpoch = opening.Epoch > member.Standing.Current.Membership.Epoch;
            if (!PredecessorRule.NewcomerWins(rival, opening.Node, isOfHigherEpoch, Pulse.Interval))
            {
                return openings.Refuse(Verdict.Busy, $"node {rival.Node} at {old.Stream.Opening.Address} already streams to this node; two nodes have the same --next");
            }

            if (openings.WouldAccept(opening))
            {
                await EndInTurnAsync(cancellation);
            }
        }

        await journal.FlushAsync(cancellation);
        return await openings.AnswerAsync(opening, cancellation);
    }

    private async Task EndInTurnAsync(CancellationToken cancellation)
    {
        if (_present is { } old)
        {
            await old.Stop.CancelAsync();
            await old.Ended.Task.WaitAsync(cancellation);
        }

        await journal.FlushAsync(cancellation);
    }

    private void Proven(Opening opening, OpeningAnswer answer, string peer)
    {
        problems.Clear(opening.Address);
        problems.Clear(peer); // what was said before it proved who it is
        LogAccepted(opening.Node, opening.Address, answer.Last.Sequence);
    }

    private async Task RunAsync(HopStream stream, Present present, CancellationToken cancellation)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation, present.Stop.Token);
        try
        {
            await SideBySide.RunAsync(together.Token, present.Stream.RunAsync, stopping => RefuseWhenFencedAsync(present.Stream.Opening, stopping));
        }
        finally
        {
            if (present.Stop.IsCancellationRequested)
            {
                await stream.CloseAsync("Superseded", "another stream has taken over, or another head");
            }

            ahead.Clear();
            present.Ended.SetResult();
        }
    }

    /// <summary>Whoever hears of a higher epoch goes on with no older one: else the predecessor would never learn of it.</summary>
    private async Task RefuseWhenFencedAsync(Opening opening, CancellationToken cancellation)
    {
        var now = await member.Standing.WaitAsync(standing => FenceRule.IsFenced(standing.Membership, opening), cancellation);
        throw new HopRefusedException(Verdict.Epoch, $"this node has heard of epoch {now.Membership.Epoch} under head {now.Membership.Head}, the predecessor is at epoch {opening.Epoch}");
    }

    [LoggerMessage(LogLevel.Information, "Node {Node} at {Address} is this node's predecessor; it resumes behind record {Sequence}.", EventName = "predecessor_connected")]
    private partial void LogAccepted(Guid node, string address, long sequence);

    [LoggerMessage(LogLevel.Warning, "The stream from {Peer} ended: {Why}", EventName = "predecessor_disconnected")]
    private partial void LogEnded(string peer, string why);

    [LoggerMessage(LogLevel.Error, "The opening or the stream from {Peer} was refused ({Verdict}): {Reason}.", EventName = "predecessor_refused")]
    private partial void LogRefused(string peer, string verdict, string reason);
}
