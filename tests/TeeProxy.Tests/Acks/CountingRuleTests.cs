using FsCheck;
using FsCheck.Fluent;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Acks;

public sealed class CountingRuleTests
{
    private const AckState Whole = AckState.Whole;

    private static readonly Guid[] Ids = [.. Enumerable.Range(1, 4).Select(i => new Guid(i, 0, 0, new byte[8]))];

    private static readonly Gen<int> Small = Gen.Choose(0, 9);

    /// <summary>A chain behind a head: nearest first, each at most as far as the one before it, everyone known.</summary>
    private static readonly Gen<CountingRule.Facts> Chains =
        from length in Gen.Choose(0, 4)
        from level in Gen.Elements(AckLevel.Next, AckLevel.Chain)
        from durable in Small.ArrayOf(4)
        from behind in Small.ArrayOf(4)
        from whole in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        let falling = durable.Take(length).OrderDescending().ToArray()
        select new CountingRule.Facts(
            level, HasNext: length > 0, [.. Ids.Take(length).Select(Known)],
            [.. falling.Select((at, i) => Row(i, at, Math.Max(0, at - behind[i]), whole ? Whole : AckState.None))]);

    [Theory]
    [InlineData("Local", true, CountingRule.Everything)]
    [InlineData("Local", false, CountingRule.Everything)]
    [InlineData("Next", true, 0)]
    [InlineData("Next", false, CountingRule.Everything)]
    [InlineData("Chain", true, 0)]
    [InlineData("Chain", false, CountingRule.Everything)]
    public void Nobody_is_waited_for_on_the_local_level_and_at_a_head_that_was_always_alone(string level, bool hasNext, long reached) =>
        Assert.Equal(reached, CountingRule.Reached(new(Enum.Parse<AckLevel>(level), hasNext, [], [])));

    [Theory]
    [InlineData("Next")]
    [InlineData("Chain")]
    public void A_head_whose_successor_was_taken_off_its_command_line_still_waits_for_whom_it_knows(string level) =>
        AssertNotReached(new(Enum.Parse<AckLevel>(level), HasNext: false, [Known(Ids[0])], []), "no --next leads to them; node :9001 is missing");

    [Fact]
    public void Next_is_the_disk_of_whoever_counts_and_has_most_whatever_its_application_has()
    {
        CountingRule.Facts facts = new(AckLevel.Next, true, Knowing(2), [Row(0, durable: 7, applied: 3, AckState.Parked), Row(1, durable: 5, applied: 5)]);

        Assert.Equal(7, CountingRule.Reached(facts));
        Assert.Equal("--ack next: node :9001 has 7 on its disk; node :9002 has 5 on its disk.", CountingRule.Explain(facts, 8));
        Assert.Contains("just now", CountingRule.Explain(facts, 7), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_rests_on_the_disk_of_a_node_of_which_not_everybody_was_told()
    {
        CountingRule.Facts facts = new(AckLevel.Next, true, Knowing(2), [Row(0, 7, 7), Row(1, 5, 5), Row(2, 9, 9)]);

        Assert.Equal(5, CountingRule.Reached(facts with { Announced = [Ids[0]] }));
        Assert.Equal(0, CountingRule.Reached(facts with { Announced = [Ids[0], Ids[1]] }));
        Assert.Contains("node :9001 does not count yet", CountingRule.Explain(facts with { Announced = [Ids[0]] }, 6), StringComparison.Ordinal);
        Assert.Equal(0, CountingRule.Reached(facts with { Known = [] }));
    }

    [Fact]
    public void The_application_of_a_node_that_is_only_announced_is_waited_for() =>
        AssertNotReached(new(AckLevel.Chain, true, Knowing(2), [Row(0, 9, 9, Whole)]) { Announced = [Ids[1]] }, "node :9002 is missing");

    [Fact]
    public void Chain_is_the_slowest_application()
    {
        CountingRule.Facts facts = new(AckLevel.Chain, true, Knowing(3), [Row(0, 9, 6, Whole), Row(1, 9, 4, Whole), Row(2, 8, 5, Whole)]);

        Assert.Equal(4, CountingRule.Reached(facts));
        Assert.Equal("--ack chain: the application of node :9002 is at 4; the application of node :9003 is at 5.", CountingRule.Explain(facts, 6));
    }

    [Fact]
    public void A_node_of_which_there_is_no_row_is_waited_for_also_when_it_was_bypassed() =>
        AssertNotReached(new(AckLevel.Chain, true, Knowing(3), [Row(0, 9, 9, Whole), Row(2, 9, 9, Whole)]), "node :9002 is missing");

    [Fact]
    public void A_node_that_is_not_known_yet_counts_once_its_row_is_here() =>
        Assert.Equal(3, CountingRule.Reached(new(AckLevel.Chain, true, Knowing(1), [Row(0, 9, 9, Whole), Row(1, 9, 3, Whole)])));

    [Fact]
    public void While_the_next_node_is_not_whole_there_may_be_nodes_of_which_nobody_here_knows() =>
        AssertNotReached(new(AckLevel.Chain, true, Knowing(2), [Row(0, 9, 9), Row(1, 9, 9)]), "node :9002 does not reach the next");

    [Fact]
    public void A_node_with_a_parked_write_has_not_applied_all_up_to_where_it_is() =>
        AssertNotReached(new(AckLevel.Chain, true, Knowing(2), [Row(0, 9, 9, Whole), Row(1, 9, 9, Whole | AckState.Parked)]), "node :9002 holds a parked write");

    [Fact]
    public void A_node_that_joins_counts_from_when_it_is_known()
    {
        RowTable.Row[] rows = [Row(0, 9, 8, Whole), Row(1, 9, 2, Whole | AckState.Joining | AckState.Parked)];

        Assert.Equal(8, CountingRule.Reached(new(AckLevel.Chain, true, Knowing(1), rows)));
        AssertNotReached(new(AckLevel.Chain, true, Knowing(2), rows), "node :9002 holds a parked write");
        Assert.Equal(0, CountingRule.Reached(new(AckLevel.Chain, true, [], [Row(0, 9, 9, Whole | AckState.Joining)])));
    }

    [Fact]
    public void A_node_that_was_removed_counts_no_more_although_its_row_still_comes()
    {
        CountingRule.Facts facts = new(AckLevel.Chain, true, Knowing(1), [Row(0, 9, 8, Whole), Row(1, 9, 3, Whole)]);

        Assert.Equal(3, CountingRule.Reached(facts));
        Assert.Equal(8, CountingRule.Reached(facts with { Removed = [facts.Rows[1].Ack.Node] }));
    }

    [Fact]
    public void A_name_is_what_is_configured_else_what_the_node_says_else_its_id()
    {
        var named = Row(0, 1, 0, Whole) with { Detail = new NodeDetail { Address = ":7", Admin = "" } };

        Assert.Contains("node :7 ", CountingRule.Explain(new(AckLevel.Chain, true, [], [named]), 1), StringComparison.Ordinal);
        Assert.Contains($"node {Ids[1]} ", CountingRule.Explain(new(AckLevel.Chain, true, [], [named, Row(1, 1, 0, Whole)]), 1), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_reached_is_never_above_any_row_that_counts() =>
        Holds(Chains, facts => CountingRule.Reached(facts) is var reached
            && (reached == CountingRule.Everything
                ? facts.Known.Count == 0
                : facts.Rows.All(row => facts.Level == AckLevel.Next ? reached <= facts.Rows[0].Ack.Durable : reached <= row.Ack.Applied) || reached == 0));

    [Fact]
    public void A_failure_never_raises_what_is_reached()
    {
        var failed =
            from facts in Chains
            where facts.Rows.Count > 0
            from kind in Gen.Choose(0, 4)
            from at in Gen.Choose(0, facts.Rows.Count - 1)
            from lost in Gen.Choose(1, 9)
            select (Before: facts, After: facts with { Rows = Fail(facts.Rows, kind, at, lost) });

        Holds(failed, chains => CountingRule.Reached(chains.After) <= CountingRule.Reached(chains.Before));
    }

    [Fact]
    public void Whenever_it_is_not_reached_somebody_is_named() =>
        Holds(Chains, facts => CountingRule.Reached(facts) >= 10 || CountingRule.Explain(facts, 10).Contains("node", StringComparison.Ordinal));

    private static RowTable.Row[] Fail(IReadOnlyList<RowTable.Row> rows, int kind, int at, int lost) => kind switch
    {
        0 => [],
        1 => [.. rows.Take(at)], // a link broke
        2 => [.. rows.Take(at).Select(Broken), .. rows.Skip(at + 1).Select(row => At(row, Math.Min(row.Ack.Durable, rows[at].Ack.Durable)))], // bypassed
        3 => [.. rows.Select((row, i) => i == at ? At(row, Math.Max(0, row.Ack.Durable - lost)) : row)], // went back
        _ => [.. rows.Select((row, i) => i == at ? row with { Ack = row.Ack with { State = row.Ack.State | AckState.Parked } } : Broken(row))],
    };

    private static RowTable.Row Broken(RowTable.Row row) => row with { Ack = row.Ack with { State = row.Ack.State & ~Whole } };

    private static RowTable.Row At(RowTable.Row row, long durable) =>
        row with { Ack = row.Ack with { Durable = durable, Applied = Math.Min(durable, row.Ack.Applied) } };

    private static void AssertNotReached(CountingRule.Facts facts, string why)
    {
        Assert.Equal(0, CountingRule.Reached(facts));
        Assert.Contains(why, CountingRule.Explain(facts, 9), StringComparison.Ordinal);
    }

    private static void Holds<T>(Gen<T> gen, Func<T, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(gen.ToArbitrary(), property));

    private static KnownNode[] Knowing(int count) => [.. Ids.Take(count).Select(Known)];

    private static KnownNode Known(Guid id) => new(id, Guid.Empty, $":{9000 + Array.IndexOf(Ids, id) + 1}", 0);

    private static RowTable.Row Row(int i, long durable, long applied, AckState state = AckState.None) =>
        new(new AckRow(Ids[i], Guid.Empty, durable, applied, default, state, default), null);
}
