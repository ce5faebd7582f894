using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class CountRuleTests
{
    private static readonly Guid Self = Guid.NewGuid();
    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Two = Guid.NewGuid();
    private static readonly Guid Three = Guid.NewGuid();

    private static Membership Alone => CountRule.Tell(
        new Membership { Node = Self }, new Membership { Node = Self, Chain = Guid.NewGuid(), Role = Role.Head, Epoch = 4, Head = Self, HeadAddress = ":9000" });

    /// <summary>One counts, and Two is announced.</summary>
    private static Membership Announcing => Know(Know(Alone, One), Two);

    [Fact]
    public void A_head_that_is_alone_counts_itself() =>
        Assert.Equal((new ViewVersion(4, 1), "Self", ""), (Alone.View, Names(Alone.Nodes), Names(Alone.Announced)));

    [Fact]
    public void The_first_that_comes_counts_at_once_as_there_is_nobody_to_be_told()
    {
        var head = Know(Alone, One);

        Assert.Equal((new ViewVersion(4, 2), "Self One", ""), (head.View, Names(head.Nodes), Names(head.Announced)));
    }

    [Fact]
    public void Another_one_is_announced_and_counts_once_both_hold_the_view_that_names_it()
    {
        var head = Announcing;
        Assert.Equal(("Self One", "Two"), (Names(head.Nodes), Names(head.Announced)));

        Assert.Same(head, CountRule.Count(head, []));
        Assert.Same(head, CountRule.Count(head, [Row(One, head.View with { Counter = 2 }), Row(Two, head.View)]));
        Assert.Same(head, CountRule.Count(head, [Row(One, head.View)]));
        var next = CountRule.Tell(head, CountRule.Count(head, [Row(One, head.View), Row(Two, head.View)]));

        Assert.Equal((new ViewVersion(4, 4), "Self One Two", ""), (next.View, Names(next.Nodes), Names(next.Announced)));
    }

    [Fact]
    public void What_changes_nothing_that_is_told_is_no_new_version()
    {
        var head = Announcing;

        Assert.Equal(head.View, CountRule.Tell(head, head.WithKnown(new(One, default, ":One", 99))).View);
        Assert.Same(head, CountRule.Tell(head, head));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_that_was_removed_or_declared_is_waited_for_no_more(bool isRemoved)
    {
        var head = Announcing;

        var next = CountRule.Tell(head, isRemoved ? head.Without(One) : head.WithDeclared(One, 0));

        Assert.Equal(("Self Two", ""), (Names(next.Nodes), Names(next.Announced)));
        Assert.True(next.View.IsNewerThan(head.View));
    }

    [Fact]
    public void A_new_head_goes_on_with_those_that_counted_and_announces_the_others_anew()
    {
        var told = new Membership
        {
            Node = One,
            Role = Role.Replica,
            Epoch = 5,
            View = new(4, 9),
            Nodes = [new(Self, ":Self"), new(One, ":One"), new(Two, ":Two")],
            Announced = [new(Three, ":Three")],
        };

        var head = CountRule.Tell(told, told with { Role = Role.Head, HeadAddress = ":One", Known = [new(Two, default, ":Two", 1), new(Three, default, ":Three", 1)] });

        Assert.Equal((new ViewVersion(5, 1), "One Two", "Three"), (head.View, Names(head.Nodes), Names(head.Announced)));
    }

    [Fact]
    public void A_replica_tells_nothing()
    {
        var replica = new Membership { Node = Self, Role = Role.Replica };
        var next = replica with { Known = [new(One, default, ":One", 1)] };

        Assert.Same(next, CountRule.Tell(replica, next));
        Assert.Same(next, CountRule.Count(next, []));
    }

    /// <summary>
    /// Whatever comes, goes, hears or is deaf: whenever a node counts, every other that counts was told of it, or of itself
    /// only together with it. So a candidate that knows itself to count knows everybody on whose disk anything rests.
    /// </summary>
    [Fact]
    public void Whoever_knows_itself_to_count_knows_everybody_that_counts()
    {
        var steps = (from node in Gen.Elements(One, Two, Three)
                     from what in Gen.Frequency((3, Gen.Constant(0)), (5, Gen.Constant(1)), (1, Gen.Constant(2)), (3, Gen.Constant(3)))
                     select (Node: node, What: what)).ArrayOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(steps.ToArbitrary(), Holds));

        static bool Holds((Guid Node, int What)[] steps)
        {
            var head = Alone;
            var held = new[] { One, Two, Three }.ToDictionary(node => node, node => new Membership { Node = node, Role = Role.Replica, Epoch = 4 });
            foreach (var (node, what) in steps)
            {
                var next = what switch
                {
                    0 => head.WithKnown(new(node, default, ":x", 1)),
                    2 => head.WithDeclared(node, 0),
                    3 => CountRule.Count(head, held.Values.Select(one => Row(one.Node, one.View))),
                    _ => head,
                };
                head = CountRule.Tell(head, next);
                if (what == 1)
                {
                    held[node] = ViewRule.Adopt(held[node], ViewRule.Of(head));
                }

                var candidates = held.Values.Where(one => one.IsListed && head.Nodes.Any(counts => counts.Node == one.Node));
                if (candidates.Any(one => head.Nodes.Any(counts => counts.Node != one.Node && one.Others.All(other => other.Node != counts.Node))))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static Membership Know(Membership head, Guid node) => CountRule.Tell(head, head.WithKnown(new(node, default, $":{Name(node)}", 1)));

    private static AckRow Row(Guid node, ViewVersion view) => new(node, default, 1, 1, view, AckState.None, default);

    private static string Names(IEnumerable<ChainNode> nodes) => string.Join(" ", nodes.Select(node => Name(node.Node)));

    private static string Name(Guid node) => node == Self ? nameof(Self) : node == One ? nameof(One) : node == Two ? nameof(Two) : nameof(Three);
}
