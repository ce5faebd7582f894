using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>What people do to the chain from outside, as TeeProxy.Status.ChainActions lets them.</summary>
internal sealed class Operators(World world, Chronicle chronicle)
{
    private readonly HashSet<Guid> _removed = [];

    /// <summary>Whether a node was named with force, or removed: what was promised may hold no more.</summary>
    public bool HaveForced { get; private set; }

    /// <summary>Nobody promotes what was removed.</summary>
    public bool HaveRemoved(Guid node) => _removed.Contains(node);

    /// <summary><c>POST /admin/promote</c>. Completes when it is answered; never when the node dies.</summary>
    public void Promote(Node node, IReadOnlySet<Guid> forced, Action<string?>? answered = null)
    {
        world.Say($"{node.Process.Name}: promote, asks {string.Join(", ", node.Membership.Others.Select(other => Name(other.Node)))}{(forced.Count > 0 ? $", force {string.Join(", ", forced.Select(Name))}" : "")}");
        foreach (var gone in forced.Where(gone => gone != node.Membership.Node))
        {
            chronicle.GiveUp(gone);
        }

        HaveForced |= forced.Count > 0;
        if (forced.Contains(node.Membership.Node))
        {
            chronicle.GiveUpOthersThan(node.Membership.Node);
        }

        node.Process.Start(async () =>
        {
            chronicle.MayGo(node.Membership.Head ?? default);
            chronicle.MayGo(node.Membership.Nodes.Select(static told => told.Node).FirstOrDefault()); // Where that one has never led.
            var result = await node.Promotion.RunAsync(forced, CancellationToken.None);
            world.Say($"{node.Process.Name}: {(result.Refusal is { } refusal ? $"not promoted: {refusal}" : $"promoted to epoch {result.Epoch}")}");
            answered?.Invoke(result.Refusal);
        });
    }

    /// <summary><c>PUT /admin/next</c>.</summary>
    public void SetNext(Node node, IReadOnlyList<string> addresses)
    {
        if (!node.Next.Current.Addresses.SequenceEqual(addresses))
        {
            world.Say($"{node.Process.Name}: next is {string.Join(", ", addresses)}");
            var next = new NextList(node.Next.Current.Version + 1, addresses);
            next.Save(node.Disk.Files);
            node.Process.Start(() =>
            {
                node.Next.Publish(next);
                return Task.CompletedTask;
            });
        }
    }

    /// <summary><c>POST /admin/nodes/NODE/remove</c>.</summary>
    public void Remove(Node head, Guid gone)
    {
        world.Say($"{head.Process.Name}: remove {Name(gone)}");
        chronicle.GiveUp(gone);
        _removed.Add(gone);
        HaveForced = true;
        head.Process.Start(() => head.Member.ChangeAsync(now => now.Without(gone), CancellationToken.None));
    }

    /// <summary><c>POST /admin/nodes/NODE/declare?as=empty</c> or rewound.</summary>
    public void Declare(Node head, Guid lost)
    {
        world.Say($"{head.Process.Name}: declare {Name(lost)}");
        chronicle.GiveUp(lost);
        head.Process.Start(() => head.Member.ChangeAsync(now => now.WithDeclared(lost, 0), CancellationToken.None));
    }

    private string Name(Guid node) => $"{(chronicle.Machines.TryGetValue(node, out var machine) ? machine.Name : "?")} ({node.ToString()[..4]})";
}
