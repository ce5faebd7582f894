using LoadTest.Checks;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace LoadTest.Tests;

public sealed class StatusRuleTests
{
    private const long Common = 110;

    [Fact]
    public void Nodes_that_agree_are_right() => Assert.Empty(StatusRule.Problems(Common, [Node("a"), Node("b")], acknowledged: 10));

    [Fact]
    public void A_chain_that_grew_by_less_than_was_acknowledged_has_lost_writes() =>
        Assert.Equal("lost: the chain grew by 10 records, but 11 writes were acknowledged", Assert.Single(StatusRule.Problems(Common, [Node("a"), Node("b")], acknowledged: 11)));

    [Fact]
    public void Another_digest_or_another_record_is_a_disagreement()
    {
        Assert.Equal("disagreement: up to record 110, b delivered otherwise than a", Assert.Single(Problems(Node("b", digest: "beef"))));
        Assert.Equal("disagreement: up to record 110, b holds otherwise than a", Assert.Single(Problems(Node("b", crc: "beef"))));
    }

    [Fact]
    public void New_divergences_and_parked_writes_are_told_and_old_ones_are_not()
    {
        Assert.Equal("diverged: b's application answered 3 writes otherwise than the head's", Assert.Single(Problems(Node("b", divergences: 5))));
        Assert.Equal("parked: b set 1 writes aside", Assert.Single(Problems(Node("b", parked: 2))));
        Assert.Empty(Problems(Node("b", divergences: 2, parked: 1)));
    }

    [Fact]
    public void Who_cannot_tell_is_named()
    {
        Assert.Equal("unknown: refused", Assert.Single(Problems(Node("b") with { Status = null, At = null, Why = "refused" })));
        Assert.Contains("cut off", Assert.Single(Problems(Node("b") with { At = new StatusAt(Common, false, Common, null, null, "cut off") })), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Problems(NodeAfter other) => StatusRule.Problems(Common, [Node("a"), other], acknowledged: 10);

    private static NodeAfter Node(string name, string crc = "c0de", string digest = "d1ce", long divergences = 2, int parked = 1) => new(
        new NodeBefore(name, new Address("127.0.0.1", 9500), new Uri("http://127.0.0.1:4567"), LastSequence: 100, Divergences: 2, Parked: 1, Arrivals: null),
        SampleStatus.Of(Common, Common) with { LastCrc = crc, Divergences = divergences, Parked = parked },
        new StatusAt(Common, true, Common, crc, digest, null),
        null);
}
