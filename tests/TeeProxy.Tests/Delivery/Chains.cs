using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Chain;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

/// <summary>A head and what it knows of the nodes behind it, as they may come.</summary>
/// <param name="Rows">Of some of the known nodes.</param>
internal sealed record Chains(long Applied, long Last, IReadOnlyList<KnownNode> Known, IReadOnlyList<RetentionRule.AckedRow> Rows)
{
    public static readonly Gen<Chains> Any =
        from last in Gen.Choose(0, 20)
        from applied in Gen.Choose(0, last)
        from nodes in Node(last).ListOf()
        select new Chains(
            applied, last, [.. nodes.Select(node => node.Known)], [.. nodes.Where(node => node.Row is not null).Select(node => new RetentionRule.AckedRow(node.Known.Node, node.Row!.Value))]);

    private static Gen<(KnownNode Known, long? Row)> Node(int last) =>
        from durable in Gen.Choose(0, last)
        from applied in Gen.Choose(0, durable)
        from isHere in ArbMap.Default.GeneratorFor<bool>()
        from isDetached in ArbMap.Default.GeneratorFor<bool>()
        select (new KnownNode(Guid.NewGuid(), Guid.NewGuid(), ":9001", durable, IsDetached: isDetached), isHere ? (long?)applied : null);
}
