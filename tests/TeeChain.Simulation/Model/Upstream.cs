using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>
/// As TeeProxy.Hop.PredecessorLink and PredecessorStream: answers questions, and runs at most one stream from a predecessor;
/// a newcomer that wins waits until the old one has ended and what it brought is durable.
/// </summary>
internal sealed class Upstream(Node node, HeadFollower follower)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Present? _present;

    /// <summary>The stream that counts, and its end.</summary>
    private sealed class Present(End end, Opening opening, TimeProvider time)
    {
        private long _beaten = time.GetTimestamp();

        public End End => end;

        public Opening Opening => opening;

        public TaskCompletionSource Ended { get; } = new();

        public TimeSpan SinceBeat => time.GetElapsedTime(_beaten);

        public void Beaten() => _beaten = time.GetTimestamp();
    }

    /// <summary>Serves one connection until it ends.</summary>
    public async Task ServeAsync(End end)
    {
        if (await end.ReceiveAsync(node.Time, TimeSpan.FromSeconds(5)) is not Opening opening)
        {
            end.Close();
            return;
        }

        if (opening.Purpose is not (OpeningPurpose.Stream or OpeningPurpose.CatchUp))
        {
            end.Send(await RespondAsync(opening));
            return;
        }

        if (await TakeAsync(end, opening) is not { } present)
        {
            end.Close();
            return;
        }

        var fenced = node.Member.Standing.WaitAsync(standing => end.IsClosed || FenceRule.IsFenced(standing.Membership, opening), CancellationToken.None);
        await First.OfAsync(ReceiveAsync(present), SendAcksAsync(end), fenced);
        end.Close();
        present.Ended.SetResult();
    }

    /// <summary>Ends the present stream; what it brought is durable when this completes.</summary>
    public async Task EndAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        await EndInTurnAsync();
        _turn.Release();
    }

    private async Task<OpeningAnswer> RespondAsync(Opening opening)
    {
        switch (opening.Purpose)
        {
            case OpeningPurpose.HandOver:
                return await node.HandOver.AnswerAsync(opening, CancellationToken.None);
            case OpeningPurpose.Promise:
                return await PromiseAsync(opening);
            default:
                return await node.Openings.InformAsync(opening, CancellationToken.None);
        }
    }

    private async Task<OpeningAnswer> PromiseAsync(Opening opening)
    {
        await _turn.WaitAsync(CancellationToken.None);
        await EndInTurnAsync();
        var answer = await node.Openings.PromiseAsync(opening, CancellationToken.None);
        _turn.Release();
        return answer;
    }

    private async Task<Present?> TakeAsync(End end, Opening opening)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            var judged = await JudgeAsync(opening);
            end.Send(judged);
            return judged.Verdict == Verdict.Accept ? _present = new Present(end, opening, node.Time) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<OpeningAnswer> JudgeAsync(Opening opening)
    {
        if (_present is { Ended.Task.IsCompleted: false } old && node.Openings.WouldAccept(opening))
        {
            var rival = new PredecessorRule.Present(old.Opening.Node, old.SinceBeat);
            if (!PredecessorRule.NewcomerWins(rival, opening.Node, opening.Epoch > node.Membership.Epoch, Pulse.Interval))
            {
                return node.Openings.Refuse(Verdict.Busy, "another stream is alive");
            }

            await EndInTurnAsync();
        }

        await node.Journal.FlushAsync();
        return await node.Openings.AnswerAsync(opening, CancellationToken.None);
    }

    private async Task EndInTurnAsync()
    {
        if (_present is { } old)
        {
            old.End.Close();
            await old.Ended.Task;
        }

        await node.Journal.FlushAsync();
    }

    private async Task ReceiveAsync(Present present)
    {
        while (await present.End.ReceiveAsync(node.Time, Timeout.InfiniteTimeSpan) is { } frame)
        {
            switch (frame)
            {
                case Frame.Entries entries when !node.Journal.TryReceive(entries.Records):
                    return;
                case Frame.Beat beat when follower.Observe(beat.Heartbeat, beat.View.Span) || present.Opening.Chain is null:
                    present.Beaten();
                    break;
            }
        }
    }

    /// <summary>An ack when something changed, and one an interval to show that this node lives.</summary>
    private async Task SendAcksAsync(End end)
    {
        while (!end.IsClosed)
        {
            end.Send(new Frame.Acks([.. node.OwnRows()]));
            await First.OfAsync(node.Progress.WaitAsync(), node.Journal.Committed.WaitAsync(), Task.Delay(Pulse.Interval, node.Time, CancellationToken.None));
        }
    }
}
