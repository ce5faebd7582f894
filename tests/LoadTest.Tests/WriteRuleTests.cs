using FsCheck;
using FsCheck.Fluent;
using LoadTest.Checks;
using LoadTest.Requests;

namespace LoadTest.Tests;

public sealed class WriteRuleTests
{
    private static readonly AcceptedWrite[] Acknowledged =
        [.. Enumerable.Range(0, 6).Select(i => new AcceptedWrite($"u{i}", WriteKind.Register, 1)), .. Enumerable.Range(0, 4).Select(i => new AcceptedWrite($"u{i}", WriteKind.ChangePassword, 2))];

    [Fact]
    public void Three_nodes_with_all_writes_in_one_order_are_right() => Assert.Empty(Problems(Log("a"), Log("b"), Log("c")));

    [Fact]
    public void A_lost_write_is_found_and_named()
    {
        var problem = Assert.Single(Problems(Log("a"), Log("b", writes => writes.Remove(Acknowledged[2]))));

        Assert.Equal("lost: b lacks 1 of 10 acknowledged writes; the first: /register of u2 (version 1)", problem);
    }

    [Fact]
    public void A_write_that_stands_twice_is_found()
    {
        var problem = Assert.Single(Problems(Log("a"), Log("b", writes => writes.Add(Acknowledged[3]))));

        Assert.Equal("doubled: b applied 1 writes more than once; the first: /register of u3 (version 1)", problem);
    }

    [Fact]
    public void A_record_of_the_chain_that_was_applied_twice_is_found()
    {
        var twice = new NodeLog("a", [new AppliedWrite(7, Acknowledged[0]), new AppliedWrite(7, Acknowledged[1])]);

        Assert.StartsWith("doubled: a", Assert.Single(WriteRule.Problems(Acknowledged[..2], 0, [twice], false)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_was_applied_again_as_the_next_version_is_found_unless_an_answer_is_missing()
    {
        var again = new AcceptedWrite("u0", WriteKind.ChangePassword, 3);
        NodeLog[] nodes = [Log("a", writes => writes.Add(again)), Log("b", writes => writes.Add(again))];

        Assert.All(WriteRule.Problems(Acknowledged, 0, nodes, false), problem => Assert.Contains("(version 3)", problem, StringComparison.Ordinal));
        Assert.Equal(2, WriteRule.Problems(Acknowledged, 0, nodes, false).Count);
        Assert.Empty(WriteRule.Problems(Acknowledged, 1, nodes, false));
    }

    [Fact]
    public void Two_writes_in_another_order_are_found_and_both_named()
    {
        var problem = Assert.Single(Problems(Log("a"), Log("b", writes => (writes[4], writes[5]) = (writes[5], writes[4]))));

        Assert.Equal("disordered: b applied /register of u5 (version 1) where a applied /register of u4 (version 1)", problem);
    }

    [Fact]
    public void Where_only_each_users_order_is_promised_others_may_stand_otherwise_and_the_users_own_may_not()
    {
        Assert.Empty(WriteRule.Problems(Acknowledged, 0, [Log("a"), Log("b", writes => (writes[4], writes[5]) = (writes[5], writes[4]))], true));
        Assert.Single(WriteRule.Problems(Acknowledged, 0, [Log("a"), Log("b", writes => (writes[0], writes[6]) = (writes[6], writes[0]))], true));
    }

    [Fact]
    public void An_unacknowledged_write_that_only_one_node_has_is_no_disorder() =>
        Assert.Empty(WriteRule.Problems(Acknowledged[1..], 1, [Log("a"), Log("b", writes => writes.RemoveAt(0))], false));

    [Fact]
    public void Whatever_one_node_does_to_the_log_is_found() => Prop.ForAll(
        Gen.Choose(0, 2).SelectMany(kind => Gen.Choose(0, Acknowledged.Length - 1).SelectMany(at => Gen.Choose(1, Acknowledged.Length - 1).Select(by => (kind, at, by)))).ToArbitrary(),
        change =>
        {
            var other = (change.at + change.by) % Acknowledged.Length;
            var bad = Log("b", writes =>
            {
                switch (change.kind)
                {
                    case 0: writes.RemoveAt(change.at); break;
                    case 1: writes.Insert(other, writes[change.at]); break;
                    default: (writes[change.at], writes[other]) = (writes[other], writes[change.at]); break;
                }
            });
            string[] names = ["lost", "doubled", "disordered"];

            return Problems(Log("a"), bad).Any(problem => problem.StartsWith(names[change.kind], StringComparison.Ordinal))
                && Problems(bad, Log("a")).Any(problem => problem.StartsWith(names[change.kind], StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<string> Problems(params NodeLog[] nodes) => WriteRule.Problems(Acknowledged, 0, nodes, isOrderedByUser: false);

    private static NodeLog Log(string name, Action<List<AcceptedWrite>>? change = null)
    {
        var writes = Acknowledged.ToList();
        change?.Invoke(writes);
        return new NodeLog(name, [.. writes.Select((write, i) => new AppliedWrite(i, write))]);
    }
}
