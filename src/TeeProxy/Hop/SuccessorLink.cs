using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Hop;

/// <summary>
/// This node's link to one listed successor: opens, streams, and opens again, for as long as its <see cref="Part"/> asks for
/// it. One opening after the other; what it is told stands in <see cref="Status"/>.
/// </summary>
/// <param name="rows">Filled by the link that has the stream.</param>
/// <param name="own">What a successor is told of the nodes before it.</param>
internal sealed partial class SuccessorLink(
    Address next,
    ChainMember member,
    Openings openings,
    Journal journal,
    Following<Beat> beats,
    RowTable rows,
    RowSource own,
    Progress progress,
    OpeningExchange exchange,
    HopDialer dialer,
    Problems problems,
    TimeProvider time,
    ILogger<SuccessorLink> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly Following<PartNow> _part = new(new PartNow(LinkPart.Spare));
    private volatile Connection _connection = new(null, null, null, "not connected yet");
    private long _useful = time.GetTimestamp();

    private sealed record PartNow(LinkPart Part);

    /// <summary>What the link is now. Replaced as a whole by the link's own loop.</summary>
    private sealed record Connection(SuccessorStream? Stream, Guid? Node, string? Verdict, string? Why);

    public Address Next => next;

    public LinkPart Part => _part.Current.Part;

    /// <summary>Whether entries flow, or could.</summary>
    public bool IsConnected => _connection.Stream is not null;

    public NextStatus Status
    {
        get
        {
            var connection = _connection;
            return new NextStatus(next.ToString(), connection.Stream is not null, connection.Node, connection.Stream?.Acked ?? 0, connection.Verdict, connection.Why)
            {
                Part = Part.ToString().ToLowerInvariant(),
            };
        }
    }

    /// <summary>How <see cref="BypassRule"/> sees it.</summary>
    public BypassRule.Candidate Look() => _connection.Stream is { } stream
        ? new(stream.SinceAck, stream.Acked)
        : new(time.GetElapsedTime(Volatile.Read(ref _useful)), null);

    /// <summary>What it shall do from now on. A link that gets the stream begins with all patience.</summary>
    public void Assign(LinkPart part)
    {
        if (part != Part)
        {
            Volatile.Write(ref _useful, time.GetTimestamp());
            _part.Publish(new PartNow(part));
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(await StepAsync(cancellation), time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops, or the list was replaced.
        }
    }

    /// <summary>One connection, from dialling to its end. Returns how long to wait before the next.</summary>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var part = await _part.WaitAsync(static part => part.Part != LinkPart.Spare, cancellation);
        var opened = member.Standing.Current;
        var changed = Task.WhenAny(
            member.Standing.WaitAsync(standing => !standing.OpensLike(opened) || IsDetached(standing), together.Token),
            _part.WaitAsync(now => !ReferenceEquals(now, part), together.Token));
        var connection = ConnectAsync(opened, part.Part, together.Token);
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
            Disconnected(_connection.Verdict, cancellation.IsCancellationRequested ? "this node stops" : "this node's own place in the chain, or the link's part, changed");
        }
        catch (Exception e)
        {
            // Whatever it was, the next opening finds out where both stand.
            Disconnected(null, e.Message);
        }

        return !ReferenceEquals(_part.Current, part) || !member.Standing.Current.OpensLike(opened) ? TimeSpan.Zero : RetryAfter;
    }

    private bool IsDetached(Standing standing) =>
        _connection is { Stream: not null, Node: { } node } && standing.Membership.Known.Any(known => known.Node == node && known.IsDetached);

    private async Task ConnectAsync(Standing opened, LinkPart part, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(HopStream.OpeningPatience);
        try
        {
            await using var stream = new HopStream(await dialer.DialAsync(next, patience.Token));
            var answer = await OpenAsync(stream, opened, part, patience.Token);
            patience.CancelAfter(Timeout.InfiniteTimeSpan);

            var isCatchUp = part == LinkPart.CatchUp;
            using var successor = new SuccessorStream(stream, journal, isCatchUp ? null : beats, isCatchUp ? null : rows, answer.TakesRows ? own : null, progress, answer.Last.Sequence, time);
            _connection = new Connection(successor, answer.Node, nameof(Verdict.Accept), null);
            problems.Clear(next.ToString());
            LogConnected(next, answer.Node, part, answer.Last.Sequence);
            await successor.RunAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{next} did not answer the opening within {HopStream.OpeningPatience.TotalSeconds} s.");
        }
        finally
        {
            if (part == LinkPart.Stream)
            {
                // What the nodes behind have reached is known only while they tell: nobody upstream shall take it for news.
                rows.Clear();
                progress.Ring();
            }
        }
    }

    /// <summary>The opening, and then this node's own judgement of the answer. Returns an answer that both sides accept.</summary>
    private async Task<OpeningAnswer> OpenAsync(HopStream stream, Standing opened, LinkPart part, CancellationToken cancellation)
    {
        var purpose = part == LinkPart.CatchUp ? OpeningPurpose.CatchUp : OpeningPurpose.Stream;
        var answer = await exchange.OpenAsync(stream, openings.Open(opened, purpose), next.ToString(), cancellation);
        var (verdict, reason) = await openings.ResumeAsync(opened, next.ToString(), answer, cancellation);
        if (verdict is Verdict.Accept or Verdict.Busy or Verdict.Ahead)
        {
            Volatile.Write(ref _useful, time.GetTimestamp()); // It is there, and asks for patience at most.
        }

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

    [LoggerMessage(LogLevel.Information, "Connected to the successor {Next} (node {Node}, {Part}), from behind record {Sequence}.", EventName = "successor_connected")]
    private partial void LogConnected(Address next, Guid node, LinkPart part, long sequence);

    [LoggerMessage(LogLevel.Warning, "The stream to the successor {Next} ended: {Why}", EventName = "successor_disconnected")]
    private partial void LogDisconnected(Address next, string why);

    [LoggerMessage(LogLevel.Error, "The opening to the successor {Next} came to nothing ({Verdict}): {Reason}.", EventName = "successor_refused")]
    private partial void LogRefused(Address next, string verdict, string reason);
}
