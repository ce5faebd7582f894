using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class OrderRuleTests
{
    [Theory]
    [InlineData("", "ABC", "ABC")]
    [InlineData("ABC", "ABC", "ABC")]
    [InlineData("ABC", "AC", "ABC")]
    [InlineData("ABC", "A", "ABC")]
    [InlineData("ABC", "BC", "ABC")]
    [InlineData("ABC", "C", "ABC")]
    [InlineData("ABCD", "AD", "ABCD")]
    [InlineData("ABC", "CBA", "CBA")]
    [InlineData("ABC", "AXC", "ABXC")]
    public void Who_is_not_heard_of_stands_where_it_stood(string before, string now, string merged) =>
        Assert.Equal(Chain(merged), OrderRule.Merge(Chain(before), Chain(now)));

    [Theory]
    [InlineData("ABC", 'A', "ABC")]
    [InlineData("ABC", 'B', "BCA")]
    [InlineData("ABC", 'X', "ABC")]
    [InlineData("ABC", null, "ABC")]
    public void A_head_stands_first(string order, char? head, string drawn) =>
        Assert.Equal(Chain(drawn), OrderRule.FromHead(Chain(order), head is { } one ? Node(one) : null));

    private static Guid[] Chain(string nodes) => [.. nodes.Select(Node)];

    private static Guid Node(char name) => new(name, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
