using TeeChain.Journaling;
using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>As TeeProxy.Delivery: takes the journal to the application, one write at a time, outcome, then cursor, then client.</summary>
internal sealed class Delivery(Node node)
{
    /// <summary>What the application may have seen: after a kill the write that was in flight, after a power failure those since the last sync.</summary>
    private readonly long _suspectThrough = node.Machine.LostPower ? node.Journal.Last.Sequence
        : node.Disk.From(node.Disk.Cursor + 1, int.MaxValue).FirstOrDefault(static record => record.Kind == EntryKind.Write)?.Sequence ?? 0;

    public async Task RunAsync()
    {
        node.Disk.SuspectThrough = Math.Max(node.Disk.SuspectThrough, _suspectThrough);
        while (true)
        {
            while (node.Applied < node.Journal.Last.Sequence)
            {
                await StepAsync(node.Disk[node.Applied + 1]);
            }

            await node.Journal.Committed.WaitAsync();
        }
    }

    private async Task StepAsync(Record record)
    {
        switch (record.Kind)
        {
            case EntryKind.Write:
                while (!await node.Machine.Application.DeliverAsync(record.Sequence, record.Content, record.Sequence <= node.Disk.SuspectThrough))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), node.Time, CancellationToken.None);
                }

                if (node.Member.IsHead)
                {
                    node.Journal.Append(EntryKind.Outcome, record.Sequence, null, null, static _ => { }, static _ => { });
                }

                break;
            case EntryKind.Epoch:
                await node.Member.ObserveAsync(EpochRecord.Decode(record.Head), record.Sequence, CancellationToken.None);
                break;
        }

        node.Apply(record.Sequence);
        node.Pending.Applied(record.Sequence);
    }
}
