using System.Security.Cryptography;
using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Hop;

/// <summary>
/// This node's link from its predecessor: answers openings and runs at most one stream. A newcomer that may take over
/// waits until the old stream has ended and all it brought is durable, so frames of two streams never mix.
/// </summary>
internal sealed partial class PredecessorLink(
    ChainMember member,
    Journal journal,
    HeadFollower follower,
    RowSource rows,
    Progress progress,
    OpeningCodec codec,
    Problems problems,
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
            var (opening, ours, theirs) = await ReadOpeningAsync(stream, peer, patience.Token);
            var address = peer;
            peer = opening.Address;
            var present = await AnswerAsync(stream, opening, address, ours, theirs, patience.Token);
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
        catch (Exception e)
        {
            // Whatever it was, the next opening finds out where both stand.
            LogEnded(peer, e.Message);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<(Opening Opening, byte[] Ours, byte[] Theirs)> ReadOpeningAsync(HopStream stream, string peer, CancellationToken cancellation)
    {
        var ours = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);
        await stream.Writer.WriteAsync(FrameType.Challenge, OpeningCodec.WriteChallenge(ours), cancellation);
        var opening = codec.ReadOpening((await stream.ExpectAsync(FrameType.Open, cancellation)).Span, ours, out var theirs)
            ?? throw new HopRefusedException(HopRefusedException.Unauthorized, $"{peer} does not know this node's secret; give the same --secret-file to all nodes");
        return (opening, ours, theirs);
    }

    /// <summary>Judges and answers. Returns the stream that counts from now on.</summary>
    private async Task<Present> AnswerAsync(HopStream stream, Opening opening, string peer, byte[] ours, byte[] theirs, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var answer = await JudgeAsync(opening, cancellation);
            await stream.Writer.WriteAsync(FrameType.Answer, codec.WriteAnswer(answer, ours, theirs), cancellation);
            if (answer.Verdict != Verdict.Accept)
            {
                throw new HopRefusedException(answer.Verdict, answer.Reason);
            }

            return _present = new Present(
                new PredecessorStream(stream, opening, journal, follower, rows, progress, () => Proven(opening, answer, peer), time),
                new CancellationTokenSource());
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<OpeningAnswer> JudgeAsync(Opening opening, CancellationToken cancellation)
    {
        if (_present is { Ended.Task.IsCompleted: false } old)
        {
            var rival = new PredecessorRule.Present(old.Stream.Opening.Node, old.Stream.SinceBeat, HasHandedOver: false);
            if (!PredecessorRule.NewcomerWins(rival, opening.Node, Pulse.Interval))
            {
                return member.Refuse(Verdict.Busy, $"node {rival.Node} at {old.Stream.Opening.Address} already streams to this node; two nodes have the same --next");
            }

            await old.Stop.CancelAsync();
            await old.Ended.Task.WaitAsync(cancellation);
        }

        await journal.FlushAsync(cancellation);
        return await member.AnswerAsync(opening, cancellation);
    }

    private void Proven(Opening opening, OpeningAnswer answer, string peer)
    {
        problems.Clear(opening.Address);
        problems.Clear(peer); // what was said before it proved who it is
        LogAccepted(opening.Node, opening.Address, answer.Last.Sequence);
    }

    private static async Task RunAsync(HopStream stream, Present present, CancellationToken cancellation)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation, present.Stop.Token);
        try
        {
            await present.Stream.RunAsync(together.Token);
        }
        finally
        {
            if (present.Stop.IsCancellationRequested)
            {
                await stream.CloseAsync("Superseded", "another stream has taken over");
            }

            present.Ended.SetResult();
        }
    }

    [LoggerMessage(LogLevel.Information, "Node {Node} at {Address} is this node's predecessor; it resumes behind record {Sequence}.")]
    private partial void LogAccepted(Guid node, string address, long sequence);

    [LoggerMessage(LogLevel.Warning, "The stream from {Peer} ended: {Why}")]
    private partial void LogEnded(string peer, string why);

    [LoggerMessage(LogLevel.Error, "The opening or the stream from {Peer} was refused ({Verdict}): {Reason}.")]
    private partial void LogRefused(string peer, string verdict, string reason);
}
