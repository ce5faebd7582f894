using TeeChain.Protocol.Hop;
using TeeProxy.Chain;
using TeeProxy.Hop;

namespace TeeChain.Simulation.Model;

/// <summary>As TeeProxy.Hop.SuccessorLink: opens, streams, and opens again.</summary>
internal sealed class Link(Node node, string address)
{
    private readonly Following<PartNow> _part = new(new PartNow(LinkPart.Spare, false));
    private long _useful = node.Time.GetTimestamp();
    private LinkStream? _stream;

    private sealed record PartNow(LinkPart Part, bool IsOver);

    public string Address => address;

    /// <summary>Who accepted last.</summary>
    public Guid? Peer { get; private set; }

    public bool IsConnected => _stream is not null;

    /// <summary>Why the last opening was refused; null when it was not.</summary>
    public Verdict? Verdict { get; private set; }

    public string? Why { get; private set; }

    public BypassRule.Candidate Look() => _stream is { } stream ? new(stream.SinceAck, stream.Acked) : new(node.Time.GetElapsedTime(_useful), null);

    public void Assign(LinkPart part)
    {
        if (part != _part.Current.Part)
        {
            _useful = node.Time.GetTimestamp();
            _part.Publish(new PartNow(part, false));
        }
    }

    public void Stop() => _part.Publish(new PartNow(_part.Current.Part, true));

    public async Task RunAsync()
    {
        while (true)
        {
            var part = await _part.WaitAsync(static now => now.Part != LinkPart.Spare || now.IsOver, CancellationToken.None);
            if (part.IsOver)
            {
                return;
            }

            var opened = node.Member.Standing.Current;
            await StepAsync(part, opened);
            if (ReferenceEquals(_part.Current, part) && node.Member.Standing.Current.OpensLike(opened))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), node.Time, CancellationToken.None);
            }
        }
    }

    private async Task StepAsync(PartNow part, Standing opened)
    {
        using var together = new CancellationTokenSource();
        var ending = together.Token;
        var changed = First.OfAsync(
            node.Member.Standing.WaitAsync(standing => ending.IsCancellationRequested || !standing.OpensLike(opened) || IsDetached(standing), CancellationToken.None),
            _part.WaitAsync(now => !ReferenceEquals(now, part), CancellationToken.None));
        var connection = ConnectAsync(opened, part.Part, ending);
        await First.OfAsync(changed, connection);
        together.Cancel();
        try
        {
            await connection;
        }
        catch (HopEndedException e)
        {
            Why = e.Message;
        }

        _stream = null;
    }

    private bool IsDetached(Standing standing) =>
        _stream is not null && standing.Membership.Known.Any(known => known.Node == Peer && known.IsDetached);

    private async Task ConnectAsync(Standing opened, LinkPart part, CancellationToken ending)
    {
        var dialled = node.Net.DialAsync(node.Machine.Index, node.Process, address);
        if (await First.OfAsync(dialled, Task.Delay(TimeSpan.FromSeconds(5), node.Time, ending)) != dialled || ending.IsCancellationRequested || await dialled is not { } end)
        {
            Verdict = null;
            throw new HopEndedException("not reached");
        }

        using var _ = ending.Register(end.Close);
        try
        {
            var answer = await OpenAsync(end, opened, part);
            if (part != LinkPart.CatchUp)
            {
                node.Rows.Clear();
            }

            Peer = answer.Node;
            Verdict = null;
            Why = null;
            _stream = new LinkStream(node, end, answer.Last.Sequence, isCatchUp: part == LinkPart.CatchUp);
            await _stream.RunAsync();
        }
        finally
        {
            end.Close();
            if (_stream is not null && part != LinkPart.CatchUp)
            {
                node.Rows.Clear();
            }
        }
    }

    private async Task<OpeningAnswer> OpenAsync(End end, Standing opened, LinkPart part)
    {
        end.Send(node.Openings.Open(opened, part == LinkPart.CatchUp ? OpeningPurpose.CatchUp : OpeningPurpose.Stream));
        if (await end.ReceiveAsync(node.Time, TimeSpan.FromSeconds(5)) is not OpeningAnswer answer)
        {
            Verdict = null;
            throw new HopEndedException("no answer");
        }

        var (verdict, reason) = await node.Openings.ResumeAsync(opened, address, answer, CancellationToken.None);
        if (verdict is Protocol.Hop.Verdict.Accept or Protocol.Hop.Verdict.Busy or Protocol.Hop.Verdict.Ahead)
        {
            _useful = node.Time.GetTimestamp();
        }

        if (verdict != Protocol.Hop.Verdict.Accept)
        {
            if (Verdict != verdict)
            {
                node.World.Say($"{node.Process.Name}: its opening to {address} came to nothing: {verdict}, {reason}");
            }

            Verdict = verdict;
            throw new HopEndedException(reason);
        }

        return answer;
    }
}
