using FsCheck;
using FsCheck.Fluent;
using TeeProxy.Chain;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class RetentionRuleTests
{
    private static readonly Guid[] Nodes = [.. Enumerable.Range(1, 4).Select(i => new Guid(i, 0, 0, new byte[8]))];

    private static readonly Gen<(long Applied, RetentionRule.AckedRow[] Rows, KnownNode[] Known, int Listed)> States =
        from applied in Gen.Choose(0, 20)
        from here in Gen.SubListOf(Nodes)
        from rows in Gen.Choose(0, 20).ArrayOf(4)
        from there in Gen.SubListOf(Nodes)
        from durable in Gen.Choose(0, 20).ArrayOf(4)
        from declared in Gen.Elements<long?>(null, null, 0, 7).ArrayOf(4)
        from detached in Gen.Elements(false, false, true).ArrayOf(4)
        from listed in Gen.Choose(0, 5)
        select (
            (long)applied,
            here.Select((node, i) => new RetentionRule.AckedRow(node, rows[i])).ToArray(),
            there.Select((node, i) => new KnownNode(node, default, ":9001", durable[i], declared[i], detached[i])).ToArray(),
            listed);

    [Theory]
    [InlineData(null, 5)]
    [InlineData(3L, 3)]
    [InlineData(0L, 0)]
    public void Who_is_away_holds_what_it_confirmed_or_was_declared_to_have(long? declared, long passed) =>
        Assert.Equal(passed, RetentionRule.Passed(9, [], [new(Nodes[0], default, ":9001", 5, declared)], listed: 1));

    [Fact]
    public void A_detached_node_holds_nothing_whether_it_is_here_or_not()
    {
        KnownNode[] detached = [new(Nodes[0], default, ":9001", 2, IsDetached: true)];

        Assert.Equal(9, RetentionRule.Passed(9, [], detached, listed: 1));
        Assert.Equal(9, RetentionRule.Passed(9, [new(Nodes[0], 1)], detached, listed: 1));
    }

    [Fact]
    public void Nobody_who_still_needs_a_record_loses_it_and_nothing_more_is_held() =>
        Prop.ForAll(
            States.ToArbitrary(),
            state =>
            {
                var (applied, rows, known, listed) = state;
                var detached = known.Where(node => node.IsDetached).Select(node => node.Node).ToHashSet();
                var needs = rows.Where(row => !detached.Contains(row.Node)).Select(row => row.Applied)
                    .Concat(known.Where(node => !node.IsDetached && rows.All(row => row.Node != node.Node)).Select(node => node.NeedsBehind))
                    .Append(applied).ToList();
                var isAnyUnseen = listed > known.Select(node => node.Node).Concat(rows.Select(row => row.Node)).Distinct().Count();

                return RetentionRule.Passed(applied, rows, known, listed) == (isAnyUnseen ? 0 : needs.Min());
            }).QuickCheckThrowOnFailure();
}
