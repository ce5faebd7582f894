using TeeChain.Protocol.Hop;

namespace TeeProxy.Chain;

/// <summary>What the head tells of the chain, and what the nodes behind it make of that. Pure.</summary>
internal static class ViewRule
{
    public static ChainView Of(Membership head) => new(
        head.View,
        head.Nodes,
        head.Announced,
        [.. head.Known.Where(known => known.DeclaredFrom is not null).Select(known => new Declaration(known.Node, known.DeclaredFrom!.Value))],
        [.. head.Known.Where(known => known.IsDetached).Select(known => new Detachment(known.Node, known.DetachedAt))],
        head.Removed);

    /// <summary>
    /// The same object when nothing changes: an older view, or one of another epoch than the one promised. Whoever promises
    /// an epoch takes over nothing any more of the head before, so that a candidate has heard of all that may count there.
    /// </summary>
    public static Membership Adopt(Membership self, ChainView view)
    {
        if (self.Role == Role.Head || view.Version.Epoch != self.Epoch || !view.Version.IsNewerThan(self.View))
        {
            return self;
        }

        var next = view.Removed.Where(node => node != self.Node).Aggregate(self, static (now, node) => now.Without(node));
        next = view.Declared.Aggregate(next, static (now, declared) => now.WithDeclared(declared.Node, declared.From));
        next = view.Detached.Aggregate(next, static (now, detached) => now.WithDetached(detached.Node, detached.At));
        return next with { View = view.Version, Nodes = view.Nodes, Announced = view.Announced };
    }
}
