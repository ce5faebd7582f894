using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Tests.Status;

public sealed class VerificationTests : IAsyncLifetime
{
    private readonly NodeClient _client = new(default);
    private AdminStandIn _head = null!, _middle = null!, _tail = null!;

    public async ValueTask InitializeAsync() => (_head, _middle, _tail) = (await AdminStandIn.HeadAsync(), await AdminStandIn.StartAsync(), await AdminStandIn.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var node in (AdminStandIn[])[_head, _middle, _tail])
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nodes_that_are_the_same_agree()
    {
        var result = await VerifyAsync();

        Assert.True(result.IsSame);
        Assert.Equal("All 3 nodes agree up to sequence 20.", result.Conclusion);
        Assert.Equal(["c-20", "c-20", "c-20"], result.Said.Select(said => said.Record));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    public async Task The_first_record_that_differs_is_found(long first)
    {
        _tail.DiffersFrom = first;

        var result = await VerifyAsync();

        Assert.False(result.IsSame);
        Assert.Equal($"They differ first at sequence {first}, and agree at {first - 1}.", result.Conclusion);
        Assert.Equal([$"c-{first}", $"c-{first}", $"x-{first}"], result.Said.Select(said => said.Record));
    }

    [Fact]
    public async Task An_answer_that_differs_is_found_too()
    {
        _middle.AnsweredOtherwiseFrom = 11;

        Assert.Equal("They differ first at sequence 11, and agree at 10.", (await VerifyAsync()).Conclusion);
    }

    [Fact]
    public async Task What_is_forgotten_counts_as_before_the_difference()
    {
        (_head.Remembers, _middle.AnsweredOtherwiseFrom, _tail.AnsweredOtherwiseFrom) = (15, 11, 11);

        Assert.Equal("They differ at 15 or earlier: not every node can tell its state at 14.", (await VerifyAsync()).Conclusion);
    }

    [Fact]
    public async Task Records_that_differ_are_found_where_digests_are_forgotten()
    {
        (_head.Remembers, _tail.DiffersFrom) = (15, 11);

        Assert.Equal("They differ at 11 or earlier: not every node can tell its state at 10.", (await VerifyAsync()).Conclusion);
    }

    [Fact]
    public async Task Who_cannot_tell_is_no_agreement()
    {
        _middle.Remembers = 100;

        var result = await VerifyAsync();

        Assert.False(result.IsSame);
        Assert.Contains("Not every node can tell", result.Conclusion, StringComparison.Ordinal);
        Assert.Equal("the digest is forgotten", result.Said[1].Why);
    }

    [Fact]
    public async Task Who_is_behind_is_waited_for()
    {
        _tail.Applied = 15;
        var verifying = VerifyAsync(TimeSpan.FromSeconds(30));
        _tail.Applied = 20;

        Assert.Equal("All 3 nodes agree up to sequence 20.", (await verifying).Conclusion);
    }

    [Fact]
    public async Task Who_stays_behind_is_named()
    {
        _tail.Applied = 15;

        var result = await VerifyAsync();

        Assert.False(result.IsSame);
        Assert.Equal("They agree up to 15, but tail has not applied more, and the head 20.", result.Conclusion);
    }

    [Fact]
    public async Task Nodes_without_a_write_agree_and_one_that_has_none_of_the_heads_does_not()
    {
        _tail.Applied = 0;
        Assert.Equal("tail has applied nothing, and the head 20.", (await VerifyAsync()).Conclusion);

        (_head.Applied, _middle.Applied) = (0, 0);
        Assert.True((await VerifyAsync()).IsSame);
    }

    [Fact]
    public async Task Who_does_not_answer_is_named()
    {
        await _middle.DisposeAsync();

        var result = await VerifyAsync();

        Assert.False(result.IsSame);
        Assert.StartsWith("middle does not say what it has applied", result.Conclusion, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_shown_as_a_table_and_a_sentence()
    {
        using var output = new StringWriter();

        VerifyVerb.Write(new VerificationResult(false, [new NodeAt("romulus", 7, "0a", "0b", null), new NodeAt("remus", 7, null, null, "it\u001b[31m hides")], "They differ."), output);

        Assert.Equal("node     sequence  record  delivered\nromulus         7  0a      0b\nremus           7  -       cannot tell: it?[31m hides\nThey differ.\n", output.ToString());
    }

    private Task<VerificationResult> VerifyAsync(TimeSpan patience = default) => new Verification(_client, patience, TimeProvider.System)
        .RunAsync([_head.Target("head"), _middle.Target("middle"), _tail.Target("tail")], TestContext.Current.CancellationToken);
}
