using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>As TeeProxy.Hop.SuccessorStream: entries and heartbeats down, acks up, until one of them ends.</summary>
/// <param name="isCatchUp">Then it brings no heartbeats, and its acks fill no rows.</param>
internal sealed class LinkStream(Node node, End end, long resumedBehind, bool isCatchUp)
{
    private const int MostRecords = 16;
    private const int Window = 64;

    private readonly Bell _ackedMore = new();
    private long _heard = node.Time.GetTimestamp();

    public long Acked { get; private set; } = resumedBehind;

    public TimeSpan SinceAck => node.Time.GetElapsedTime(_heard);

    public async Task RunAsync()
    {
        var entries = SendEntriesAsync();
        var beats = SendBeatsAsync();
        await ReadAcksAsync();
        end.Close();
        _ackedMore.Ring();
        await Task.WhenAll(entries, beats);
    }

    private async Task SendEntriesAsync()
    {
        for (var sent = Acked; !end.IsClosed;)
        {
            var last = node.Journal.Last.Sequence;
            if (sent < last && sent - Acked < Window)
            {
                var records = node.Disk.From(sent + 1, MostRecords);
                end.Send(new Frame.Entries(records));
                sent = records[^1].Sequence;
            }
            else
            {
                await First.OfAsync(node.Journal.Committed.WaitAsync(), _ackedMore.WaitAsync());
            }
        }
    }

    private async Task SendBeatsAsync()
    {
        var beats = isCatchUp ? new Following<Beat>(Beat.None) : node.Beats;
        var sent = Beat.None;
        var next = NextAsync();
        while (!end.IsClosed)
        {
            var isNew = await First.OfAsync(next, Task.Delay(Pulse.Interval, node.Time, CancellationToken.None)) == next;
            if (isNew)
            {
                sent = await next;
                next = NextAsync();
            }

            if (isNew || !sent.Heartbeat.IsOfHead)
            {
                end.Send(new Frame.Beat(sent.Heartbeat, sent.View));
            }
        }

        Task<Beat> NextAsync() => beats.WaitAsync(beat => !ReferenceEquals(beat, sent), CancellationToken.None);
    }

    private async Task ReadAcksAsync()
    {
        while (await end.ReceiveAsync(node.Time, Pulse.Lease) is Frame.Acks { Rows: var rows })
        {
            _heard = node.Time.GetTimestamp();
            Acked = rows[0].Durable;
            _ackedMore.Ring();
            if (!isCatchUp)
            {
                node.Rows.Update(rows);
                node.Pending.Judge();
            }

            node.Progress.Ring();
        }
    }
}
