using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Chain;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class DetachRuleTests
{
    private static readonly KnownNode Slow = new(Guid.NewGuid(), Guid.NewGuid(), ":9001", 90);
    private static readonly KnownNode Away = new(Guid.NewGuid(), Guid.NewGuid(), ":9002", 40);

    [Fact]
    public void Who_is_furthest_behind_is_let_go_first_by_what_its_application_has()
    {
        Assert.Equal(Slow, DetachRule.Slowest(applied: 100, last: 100, [new(Slow.Node, 10)], [Slow, Away]));
        Assert.Equal(Away, DetachRule.Slowest(applied: 100, last: 100, [new(Slow.Node, 90)], [Slow, Away]));
        Assert.Equal(Away, DetachRule.Slowest(applied: 100, last: 100, [new(Slow.Node, 10)], [Slow with { IsDetached = true }, Away]));
    }

    [Fact]
    public void Nobody_is_let_go_for_what_the_heads_own_application_holds()
    {
        Assert.Null(DetachRule.Slowest(applied: 45, last: 100, [], [Away]));
        Assert.Null(DetachRule.Slowest(applied: 40, last: 40, [], [Away]));
    }

    [Theory]
    [InlineData(74, false)]
    [InlineData(75, true)]
    public void A_journal_is_nearly_full_at_three_quarters(long held, bool isSo) => Assert.Equal(isSo, DetachRule.IsNearlyFull(held, 100));

    /// <summary>Invariant: one after the other is let go until this node itself holds at least half; it ends, and only who is behind goes.</summary>
    [Fact]
    public void Letting_go_makes_room_until_the_head_itself_holds_most() => Prop.ForAll(Chains.Any.ToArbitrary(), chain =>
    {
        var known = chain.Known.ToList();
        for (var left = known.Count(node => !node.IsDetached); DetachRule.Slowest(chain.Applied, chain.Last, chain.Rows, known) is { } slowest; left--)
        {
            Assert.True(left > 0 && !slowest.IsDetached);
            var before = RetentionRule.Passed(chain.Applied, chain.Rows, known, known.Count);
            Assert.True(before < chain.Applied);
            known[known.IndexOf(slowest)] = slowest with { IsDetached = true };
            Assert.True(RetentionRule.Passed(chain.Applied, chain.Rows, known, known.Count) >= before);
        }

        var passed = RetentionRule.Passed(chain.Applied, chain.Rows, known, known.Count);
        Assert.True(chain.Applied - passed <= chain.Last - chain.Applied);
    }).QuickCheckThrowOnFailure();
}
