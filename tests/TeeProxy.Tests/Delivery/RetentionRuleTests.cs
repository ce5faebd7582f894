using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Chain;
using static TeeProxy.Delivery.RetentionRule;

namespace TeeProxy.Tests.Delivery;

public sealed class RetentionRuleTests
{
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Two = Guid.NewGuid();

    [Fact]
    public void A_node_that_was_let_go_holds_nothing_whether_it_is_here_or_away()
    {
        KnownNode[] known = [Known(One, durable: 2, isDetached: true), Known(Two, durable: 9)];

        Assert.Equal(9, Passed(applied: 12, [], known, listed: 2));
        Assert.Equal(8, Passed(applied: 12, [new(One, 1), new(Two, 8)], known, listed: 2));
    }

    [Fact]
    public void What_an_operator_declared_of_a_node_is_held_for_it()
    {
        Assert.Equal(3, Passed(applied: 12, [], [Known(One, durable: 9) with { DeclaredFrom = 3 }], listed: 1));
    }

    /// <summary>Invariant: nothing is released that a node which was not let go may still ask for.</summary>
    [Fact]
    public void Nothing_is_released_that_somebody_needs() => Prop.ForAll(Chains.Any.ToArbitrary(), chain =>
    {
        var passed = Passed(chain.Applied, chain.Rows, chain.Known, chain.Known.Count);

        var needs = chain.Known.Where(node => !node.IsDetached)
            .Select(node => chain.Rows.Where(row => row.Node == node.Node).Select(row => (long?)row.Applied).SingleOrDefault() ?? node.NeedsBehind)
            .Append(chain.Applied);
        Assert.Equal(needs.Min(), passed);
        Assert.Equal(0, Passed(chain.Applied, chain.Rows, chain.Known, chain.Known.Count + 1));
    }).QuickCheckThrowOnFailure();

    private static KnownNode Known(Guid node, long durable, bool isDetached = false) => new(node, Guid.NewGuid(), ":9001", durable, IsDetached: isDetached);
}
