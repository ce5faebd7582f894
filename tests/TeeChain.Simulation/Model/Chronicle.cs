using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>
/// What really happened, as nobody in the chain can know it: who led each epoch, which writes clients were told of, whom the
/// operators gave up. The promises are checked against it.
/// </summary>
internal sealed class Chronicle(World world, AckLevel level)
{
    private readonly Dictionary<(Guid Chain, long Epoch), Guid> _leaders = [];
    private readonly Dictionary<Guid, long> _leftBehindIn = [];
    private readonly HashSet<Guid> _givenUp = [];
    private readonly HashSet<Guid> _mayGo = [];
    private readonly HashSet<Guid> _members = [];
    private readonly Dictionary<JournalPosition, long> _recordedAt = [];
    private Membership? _seen;

    /// <summary>A write that a client was told of.</summary>
    /// <param name="Holders">The nodes that had it on disk then; the head is the first.</param>
    internal sealed record Acked(long Write, JournalPosition Position, long At, IReadOnlyList<(Guid Node, Machine Machine)> Holders)
    {
        /// <summary>It is missing, and the promise says that it may be.</summary>
        public bool IsExcused { get; set; }
    }

    public List<Acked> Writes { get; } = [];

    /// <summary>The head of the highest epoch whose first record is on disk.</summary>
    public Machine? Head { get; private set; }

    public Guid? Chain { get; private set; }

    public long Epoch { get; private set; }

    /// <summary>The machines, by the ids that their nodes ever had.</summary>
    public Dictionary<Guid, Machine> Machines { get; } = [];

    /// <summary>An operator said that the chain shall go on without this node, or that its folder is another.</summary>
    public void GiveUp(Guid node) => _givenUp.Add(node);

    /// <summary>An operator said that whoever this node was not told of may be lost.</summary>
    public void GiveUpOthersThan(Guid node) => _givenUp.UnionWith(Machines.Keys.Where(other => other != node));

    /// <summary>A promotion may go past the one that is taken for the head, when nobody can reach it.</summary>
    public void MayGo(Guid head) => _mayGo.Add(head);

    /// <summary>Whether the chain went on without this node, or without what it was.</summary>
    public bool IsLeftBehind(Guid node) => _leftBehindIn.ContainsKey(node) || _givenUp.Contains(node);

    /// <summary>A node recorded something of its own.</summary>
    public void Appended(Node node, Record record)
    {
        _recordedAt[record.Position] = world.Now;
        var chain = node.Membership.Chain!.Value;
        var leader = node.Membership.Node;
        if (_leaders.TryAdd((chain, record.Epoch), leader))
        {
            Require(record.Kind == EntryKind.Epoch, () => $"{node.Process.Name} recorded {record.Kind} {record.Sequence} in epoch {record.Epoch} that nobody had begun");
        }

        Require(_leaders[(chain, record.Epoch)] == leader, () => $"two heads in epoch {record.Epoch}: {Name(_leaders[(chain, record.Epoch)])} and {node.Process.Name}");
        if (record.Kind == EntryKind.Epoch && (Chain is null || (chain == Chain && record.Epoch > Epoch)))
        {
            Lead(node, chain, record);
        }
    }

    /// <summary>A client was told.</summary>
    public void Tell(Node node, long write, JournalPosition position)
    {
        if (node.Membership.Chain != Chain)
        {
            return; // A node whose folder was lost, alone: another chain, of which nothing was promised.
        }

        var counted = node.Membership.Counted.ToArray();
        var holders = Machines.Where(known => known.Value.Node!.Membership.Node == known.Key && known.Value.Disk.Holds(position))
            .Select(known => (known.Key, known.Value)).OrderBy(known => known.Value != node.Machine).ToArray();
        var lost = Machines.Values.Where(machine => machine.LostAt >= _recordedAt[position]).ToHashSet(); // What they had was there when they said so.
        Require(level != AckLevel.Next || holders.Length > 1 || counted.Length == 0 || lost.Count > 0, () => $"write {write} at {position} was answered under --ack next and is on {holders.Length} disk(s)");
        if (level == AckLevel.Chain)
        {
            foreach (var machine in counted.Select(known => Machines[known.Node]).Append(node.Machine))
            {
                Require(machine.IsTorn || lost.Contains(machine) || machine.Application.Writes.Contains((position.Sequence, write)), () => $"write {write} at {position} was answered under --ack chain and is not applied at {machine.Name}, whose application is at {machine.Application.Last}");
            }
        }

        Writes.Add(new Acked(write, position, world.Now, holders));
    }

    /// <summary>The set that counts shrinks only by what operators say.</summary>
    public void CheckMembers(Node head)
    {
        if (ReferenceEquals(head.Membership, _seen))
        {
            return;
        }

        _seen = head.Membership;
        var members = Members(head);
        foreach (var gone in _members.Where(member => !members.Contains(member) && !_givenUp.Contains(member) && !_mayGo.Contains(member)))
        {
            throw new BrokenPromiseException($"{head.Process.Name} counts {Name(gone)} no more, and no operator has said so");
        }

        _members.IntersectWith(members);
        _members.UnionWith(head.Membership.Nodes.Select(static node => node.Node)); // Who is only announced was told of by nobody, perhaps.
    }

    /// <summary>No write that a client was told of is missing at the head, as far as the promise goes.</summary>
    public void CheckWrites()
    {
        foreach (var acked in Writes)
        {
            if (acked.IsExcused || Head!.Disk.Holds(acked.Position))
            {
                continue;
            }

            var gone = acked.Holders.Count(holder => IsGone(acked, holder.Node, holder.Machine));
            acked.IsExcused = level switch
            {
                AckLevel.Local => IsGone(acked, acked.Holders[0].Node, acked.Holders[0].Machine),
                AckLevel.Next => gone >= Math.Min(2, acked.Holders.Count),
                _ => gone == acked.Holders.Count,
            };
            Require(acked.IsExcused, () => $"write {acked.Write} at {acked.Position}, answered at {acked.At} under --ack {level}, is missing at the head {Head.Name}; "
                + $"it was on {string.Join(", ", acked.Holders.Select(holder => $"{holder.Machine.Name}{(IsGone(acked, holder.Node, holder.Machine) ? " (gone)" : "")}"))}");
        }
    }

    private bool IsGone(Acked acked, Guid node, Machine machine) =>
        (_leftBehindIn.TryGetValue(node, out var epoch) && epoch > acked.Position.Epoch)
        || _givenUp.Contains(node)
        || (machine.LostAt >= acked.At && !machine.Disk.Holds(acked.Position));

    private void Lead(Node node, Guid chain, Record record)
    {
        (Head, Chain, Epoch, _seen) = (node.Machine, chain, record.Epoch, null);
        world.Say($"{node.Process.Name}: leads epoch {record.Epoch} from {record.Sequence}");
        var members = Members(node);
        foreach (var gone in _members.Where(member => !members.Contains(member)))
        {
            _leftBehindIn[gone] = record.Epoch;
        }

        CheckMembers(node);
        CheckWrites();
    }

    private static HashSet<Guid> Members(Node head) => [.. head.Membership.Counted.Select(static known => known.Node), head.Membership.Node];

    private string Name(Guid node) => $"{(Machines.TryGetValue(node, out var machine) ? machine.Name : "?")} ({node.ToString()[..4]})";

    private static void Require(bool holds, Func<string> otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise());
        }
    }
}
