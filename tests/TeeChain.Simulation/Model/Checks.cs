using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>What is checked after every event, for the node that it happened to.</summary>
internal sealed class Checks(Chronicle chronicle, AckLevel level)
{
    public void After(Node node)
    {
        if (!node.IsRunning)
        {
            return;
        }

        if (chronicle.Head == node.Machine && node.Membership is { Role: Role.Head } membership && membership.Epoch == chronicle.Epoch)
        {
            chronicle.CheckMembers(node);
        }

        if (node.Ready.Read.Ok)
        {
            CheckReadable(node);
        }
    }

    /// <summary>Every write of the journal comes in order, and again only where a crash came between.</summary>
    public static void Delivering(Machine machine, long sequence, bool isMarked)
    {
        if (machine.IsTorn)
        {
            return;
        }

        var last = machine.Application.Last;
        if (sequence <= last && !isMarked)
        {
            throw new BrokenPromiseException($"{machine.Name} was given write {sequence} again, unmarked");
        }

        if (sequence > last && machine.Disk.From(last + 1, (int)(sequence - last - 1)).Any(static record => record.Kind == EntryKind.Write))
        {
            throw new BrokenPromiseException($"{machine.Name} was given write {sequence} right behind {last}: one was left out");
        }
    }

    private void CheckReadable(Node node)
    {
        var (membership, head) = (node.Membership, chronicle.Head);
        if (membership.Chain != chronicle.Chain || head is null || chronicle.IsLeftBehind(membership.Node) || head.LostAt >= 0)
        {
            return;
        }

        if (!head.Disk.Holds(node.Journal.Last))
        {
            throw new BrokenPromiseException($"{node.Process.Name} may get reads, and its record {node.Journal.Last} is not that of the head {head.Name}");
        }

        if (level == AckLevel.Chain && chronicle.Writes.Count > 0 && chronicle.Writes[^1] is { IsExcused: false } acked && node.Machine.Application.Last < acked.Position.Sequence)
        {
            throw new BrokenPromiseException($"{node.Process.Name} may get reads and has applied {node.Machine.Application.Last}; the client of {acked.Position.Sequence} has its answer under --ack chain since {acked.At}");
        }
    }
}
