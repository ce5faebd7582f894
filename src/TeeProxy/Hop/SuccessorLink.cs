using System.Security.Cryptography;
using TeeChain.Journaling;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Options;

namespace TeeProxy.Hop;

/// <summary>
/// This node's link to its successor: opens, streams, and opens again, for ever. One opening after the other; what it is
/// told stands in <see cref="Status"/>.
/// </summary>
internal sealed partial class SuccessorLink(
    Address next,
    ChainMember member,
    Journal journal,
    Following<Beat> beats,
    RowTable rows,
    Progress progress,
    OpeningCodec codec,
    HopDialer dialer,
    Problems problems,
    ILogger<SuccessorLink> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private volatile Connection _connection = new(null, null, null, "not connected yet");

    /// <summary>What the link is now. Replaced as a whole by the link's own loop.</summary>
    private sealed record Connection(SuccessorStream? Stream, Guid? Node, string? Verdict, string? Why);

    /// <summary>Whether entries flow, or could.</summary>
    public bool IsConnected => _connection.Stream is not null;

    public NextStatus Status
    {
        get
        {
            var connection = _connection;
            return new NextStatus(next.ToString(), connection.Stream is not null, connection.Node, connection.Stream?.Acked ?? 0, connection.Verdict, connection.Why);
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var again = await StepAsync(cancellation);
            await Task.Delay(again, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One connection, from dialling to its end. Returns how long to wait before the next.</summary>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        var opened = member.Standing.Current;
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var changed = member.Standing.WaitAsync(standing => !standing.OpensLike(opened), together.Token);
        var connection = ConnectAsync(opened, together.Token);
        try
        {
            await Task.WhenAny(changed, connection);
            await together.CancelAsync();
            await connection;
        }
        catch (HopRefusedException e)
        {
            Report(e.Verdict, e.Message);
        }
        catch (OperationCanceledException)
        {
            Disconnected(_connection.Verdict, cancellation.IsCancellationRequested ? "this node stops" : "this node's own place in the chain changed; it opens anew");
        }
        catch (Exception e)
        {
            // Whatever it was, the next opening finds out where both stand.
            Disconnected(null, e.Message);
        }

        return changed.IsCompletedSuccessfully ? TimeSpan.Zero : RetryAfter;
    }

    private async Task ConnectAsync(Standing opened, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(HopStream.OpeningPatience);
        try
        {
            await using var stream = new HopStream(await dialer.DialAsync(next, patience.Token));
            var answer = await OpenAsync(stream, opened, patience.Token);
            patience.CancelAfter(Timeout.InfiniteTimeSpan);

            rows.Clear();
            using var successor = new SuccessorStream(stream, journal, beats, rows, progress, answer.Last.Sequence);
            _connection = new Connection(successor, answer.Node, nameof(Verdict.Accept), null);
            problems.Clear(next.ToString());
            LogConnected(next, answer.Node, answer.Last.Sequence);
            await successor.RunAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{next} did not answer the opening within {HopStream.OpeningPatience.TotalSeconds} s.");
        }
    }

    /// <summary>Challenge, opening, answer; then this node's own judgement. Returns an answer that both sides accept.</summary>
    private async Task<OpeningAnswer> OpenAsync(HopStream stream, Standing opened, CancellationToken cancellation)
    {
        var theirs = OpeningCodec.ReadChallenge((await stream.ExpectAsync(FrameType.Challenge, cancellation)).Span);
        var ours = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);
        await stream.Writer.WriteAsync(FrameType.Open, codec.WriteOpening(member.Open(opened), theirs, ours), cancellation);

        var answer = codec.ReadAnswer((await stream.ExpectAsync(FrameType.Answer, cancellation)).Span, theirs, ours)
            ?? throw new HopRefusedException(HopRefusedException.Unauthorized, $"{next} does not know this node's secret; give the same --secret-file to all nodes");
        var (verdict, reason) = await member.ResumeAsync(opened, next.ToString(), answer, cancellation);
        if (verdict == Verdict.Accept)
        {
            return answer;
        }

        if (answer.Verdict == Verdict.Accept)
        {
            await stream.CloseAsync(verdict.ToString(), reason);
        }

        throw new HopRefusedException(verdict, reason);
    }

    private void Report(string verdict, string reason)
    {
        Disconnected(verdict, reason);
        if (problems.Report(verdict, next.ToString(), reason))
        {
            LogRefused(next, verdict, reason);
        }
    }

    private void Disconnected(string? verdict, string why)
    {
        var before = _connection;
        _connection = new Connection(null, before.Node, verdict, why);
        if (before.Stream is not null)
        {
            LogDisconnected(next, why);
        }
    }

    [LoggerMessage(LogLevel.Information, "Streaming to the successor {Next} (node {Node}) from behind record {Sequence}.")]
    private partial void LogConnected(Address next, Guid node, long sequence);

    [LoggerMessage(LogLevel.Warning, "The stream to the successor {Next} ended: {Why}")]
    private partial void LogDisconnected(Address next, string why);

    [LoggerMessage(LogLevel.Error, "The opening to the successor {Next} came to nothing ({Verdict}): {Reason}.")]
    private partial void LogRefused(Address next, string verdict, string reason);
}
