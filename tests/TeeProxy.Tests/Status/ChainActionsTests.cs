using System.Net;
using System.Net.Http.Json;
using System.Text;
using TeeChain.Protocol;
using TeeProxy.Chain;
using TeeProxy.Status;
using TeeProxy.Tests.Chain;

namespace TeeProxy.Tests.Status;

public sealed class ChainActionsTests : IAsyncLifetime
{
    private readonly Following<NextList> _next = new(new NextList(0, ["127.0.0.1:9001"]));
    private readonly TemporaryFolder _data = new();
    private PartChain? _chain;
    private Promotion? _promotion;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PartChain Chain => _chain!;

    public async ValueTask InitializeAsync()
    {
        _chain = await PartChain.StartAsync();
        var node = _chain.Next;
        _promotion = new Promotion(node.Member, node.Openings, node.Office, node.Journal, node.Lease, _chain.AskAsync, _ => Task.CompletedTask, () => { });
    }

    public async ValueTask DisposeAsync()
    {
        _promotion!.Dispose();
        await Chain.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task A_replica_is_promoted_and_says_what_it_goes_on_without()
    {
        await using var port = await AtAsync(Chain.Next);
        Chain.Down.UnionWith([PartChain.HeadAddress, PartChain.TailAddress]);

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/promote?force={Guid.NewGuid()},{Chain.Tail.Node}", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var promoted = await response.Content.ReadFromJsonAsync<ChainActions.Promoted>(Cancellation);
        Assert.Equal((2L, 5L), (promoted!.Epoch, promoted.Sequence));
        Assert.Equal([Chain.Tail.Node, Chain.Head.Node], promoted.Skipped.Select(node => node.Node));
        Assert.NotNull(promoted.MayBeMissing);
        Assert.True(Chain.Next.Standing.MayTakeWrites);
    }

    [Fact]
    public async Task A_promotion_that_is_refused_is_409_and_says_why()
    {
        await using var port = await AtAsync(Chain.Next);
        Chain.Down.UnionWith([PartChain.HeadAddress, PartChain.TailAddress]);

        var response = await port.SendAsync(HttpMethod.Post, "/admin/promote", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("cannot be reached", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Force_takes_node_ids_only()
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await port.SendAsync(HttpMethod.Post, "/admin/promote?force=:9002", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(Chain.Asked);
    }

    [Fact]
    public async Task The_successors_are_shown_with_the_version_to_replace()
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await port.SendAsync(HttpMethod.Get, "/admin/next", AdminPort.Secret);

        Assert.Equal("\"0\"", response.Headers.ETag?.Tag);
        Assert.Equal("""{"next":["127.0.0.1:9001"],"version":0}""", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_successors_are_replaced_durably()
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await PutAsync(port, "\"0\"", """{"next": [":9002", "[::1]:9003"]}""");

        Assert.Equal((HttpStatusCode.OK, "\"1\""), (response.StatusCode, response.Headers.ETag?.Tag));
        Assert.Equal(["127.0.0.1:9002", "[::1]:9003"], _next.Current.Addresses);
        var durable = NextList.Load(_data.Folder, []);
        Assert.Equal(1, durable.Version);
        Assert.Equal(_next.Current.Addresses, durable.Addresses);
    }

    [Fact]
    public async Task A_node_is_made_the_tail_by_an_empty_list()
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await PutAsync(port, "\"0\"", """{"next": []}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(_next.Current.Addresses);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.PreconditionRequired)]
    [InlineData("\"1\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("0", HttpStatusCode.PreconditionFailed)]
    public async Task Only_the_version_that_stands_is_replaced(string? match, HttpStatusCode status)
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await PutAsync(port, match, """{"next": [":9002"]}""");

        Assert.Equal(status, response.StatusCode);
        AssertNotReplaced();
    }

    [Fact]
    public async Task Of_two_that_replace_the_same_version_one_wins()
    {
        await using var port = await AtAsync(Chain.Next);

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(port, "\"0\"", $$"""{"next": [":92{{i:00}}"]}""")));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, responses.Count(response => response.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(1, NextList.Load(_data.Folder, []).Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"next": ":9002"}""")]
    [InlineData("""{"next": [":9002"]""")]
    [InlineData("""{"next": [null]}""")]
    [InlineData("""{"next": ["nowhere"]}""")]
    [InlineData("""{"next": [":0"]}""")]
    [InlineData("""{"next": [":9002", "127.0.0.1:9002"]}""")]
    [InlineData("""{"next": [":9100"]}""")]
    public async Task What_is_no_list_of_other_nodes_is_refused(string body)
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await PutAsync(port, "\"0\"", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertNotReplaced();
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await PutAsync(port, "\"0\"", """{"next": [":9002"]}""" + new string(' ', 64 << 10));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertNotReplaced();
    }

    [Theory]
    [InlineData("empty", 0)]
    [InlineData("rewound", 0)]
    [InlineData("seeded:3", 3)]
    public async Task A_node_is_declared_at_the_head_durably(string state, long from)
    {
        await using var port = await AtAsync(Chain.Head);

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/nodes/{Chain.Tail.Node}/declare?as={state}", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var declared = Chain.Durable(PartChain.HeadAddress).Known.Single(known => known.Node == Chain.Tail.Node);
        Assert.Equal(from, declared.DeclaredFrom);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?as=")]
    [InlineData("?as=Empty")]
    [InlineData("?as=seeded")]
    [InlineData("?as=seeded:")]
    [InlineData("?as=seeded:-1")]
    [InlineData("?as=seeded:9223372036854775808")]
    public async Task A_declaration_that_says_nothing_is_refused(string query)
    {
        await using var port = await AtAsync(Chain.Head);
        var before = Chain.Head.Membership;

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/nodes/{Chain.Tail.Node}/declare{query}", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Same(before, Chain.Head.Membership);
    }

    [Fact]
    public async Task A_node_is_removed_at_the_head_durably()
    {
        await using var port = await AtAsync(Chain.Head);

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/nodes/{Chain.Tail.Node}/remove", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var durable = Chain.Durable(PartChain.HeadAddress);
        Assert.Equal([Chain.Next.Node], durable.Known.Select(known => known.Node));
        Assert.Equal([Chain.Tail.Node], durable.Removed);
    }

    [Theory]
    [InlineData("declare?as=empty")]
    [InlineData("remove")]
    public async Task A_replica_sends_the_operator_to_the_head(string what)
    {
        await using var port = await AtAsync(Chain.Next);
        var before = Chain.Next.Membership;

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/nodes/{Chain.Tail.Node}/{what}", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains(PartChain.HeadAddress, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Same(before, Chain.Next.Membership);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/KNOWN")]
    [InlineData("/KNOWN/")]
    [InlineData("/KNOWN/forget")]
    [InlineData("/KNOWN/remove/now")]
    [InlineData("/:9002/remove")]
    [InlineData("/00000000-0000-0000-0000-000000000001/declare?as=empty")]
    public async Task What_is_no_known_node_or_nothing_to_do_with_one_is_404(string path)
    {
        await using var port = await AtAsync(Chain.Head);
        var before = Chain.Head.Membership;

        var response = await port.SendAsync(
            HttpMethod.Post, "/admin/nodes" + path.Replace("KNOWN", Chain.Tail.Node.ToString(), StringComparison.Ordinal), AdminPort.Secret);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Same(before, Chain.Head.Membership);
    }

    private void AssertNotReplaced()
    {
        Assert.Equal(["127.0.0.1:9001"], _next.Current.Addresses);
        Assert.Equal(0, NextList.Load(_data.Folder, []).Version);
    }

    private Task<AdminPort> AtAsync(Part node) =>
        AdminPort.StartAsync(new ChainActions(node.Member, _promotion!, _next, _data.Folder, new Address("127.0.0.1", 9100)).All);

    private static Task<HttpResponseMessage> PutAsync(AdminPort port, string? match, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/admin/next") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", AdminPort.Secret);
        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        return port.Client.SendAsync(request, Cancellation);
    }
}
