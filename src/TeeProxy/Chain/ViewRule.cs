using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>What the head tells of the chain, and what the nodes behind it make of that. Pure.</summary>
internal static class ViewRule
{
    public static ChainView Of(Membership head) => new(
        [new ChainNode(head.Node, head.HeadAddress ?? ""), .. head.Counted.Select(known => new ChainNode(known.Node, known.Address))],
        [.. head.Known.Where(known => known.DeclaredFrom is not null).Select(known => new Declaration(known.Node, known.DeclaredFrom!.Value))],
        [.. head.Known.Where(known => known.IsDetached).Select(known => new Detachment(known.Node, known.DetachedAt))],
        head.Removed);

    /// <summary>The same object when nothing changes.</summary>
    public static Membership Adopt(Membership self, ChainView view)
    {
        var next = view.Removed.Where(node => node != self.Node).Aggregate(self, static (now, node) => now.Without(node));
        next = view.Declared.Aggregate(next, static (now, declared) => now.WithDeclared(declared.Node, declared.From));
        next = view.Detached.Aggregate(next, static (now, detached) => now.WithDetached(detached.Node, detached.At));
        return next.Nodes.SequenceEqual(view.Nodes) ? next : next with { Nodes = view.Nodes };
    }
}
