using System.Net;
using System.Net.Http.Json;
using TeeProxy.Chain;
using TeeProxy.Status;
using TeeProxy.Tests.Chain;

namespace TeeProxy.Tests.Status;

public sealed class ChainActionsTests : IAsyncLifetime
{
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
    }

    [Fact]
    public async Task A_replica_is_promoted_and_says_what_it_goes_on_without()
    {
        await using var port = await AtAsync(Chain.Next);
        Chain.Down.UnionWith([PartChain.HeadAddress, PartChain.TailAddress]);

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/promote?force={Guid.NewGuid()},{Chain.Tail.Node}", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var promoted = await response.Content.ReadFromJsonAsync<ChainActions.Promoted>(Cancellation);
        Assert.Equal((Chain.Next.Membership.Epoch, 5L), (promoted!.Epoch, promoted.Sequence));
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
    public async Task A_promotion_that_finds_no_room_is_507()
    {
        var node = Chain.Next;
        using var data = new TemporaryFolder();
        using var member = new ChainMember(new FullFolder(data.Folder) { IsFull = true }, node.Journal, node.Membership, hasNext: false);
        var openings = new Openings(member, node.Journal, Part.Settings(PartChain.NextAddress), node.Lease, node.HeadWindow, () => 0);
        using var promotion = new Promotion(member, openings, node.Office, node.Journal, node.Lease, Chain.AskAsync, _ => Task.CompletedTask, () => { });
        await using var port = await AdminPort.StartAsync(new ChainActions(member, node.Journal, promotion).All);
        Chain.Down.UnionWith([PartChain.HeadAddress, PartChain.TailAddress]);

        var response = await port.SendAsync(HttpMethod.Post, $"/admin/promote?force={Chain.Tail.Node}", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.InsufficientStorage, response.StatusCode);
        Assert.Equal((Role.Replica, 1), (member.Standing.Current.Membership.Role, member.Standing.Current.Membership.Epoch));
    }

    [Fact]
    public async Task Force_takes_node_ids_only()
    {
        await using var port = await AtAsync(Chain.Next);

        var response = await port.SendAsync(HttpMethod.Post, "/admin/promote?force=:9002", AdminPort.Secret);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(Chain.Asked);
    }

    [Theory]
    [InlineData("empty", 0)]
    [InlineData("rewound", 0)]
    [InlineData("seeded:4", 4)]
    public async Task A_node_is_declared_at_the_head_durably(string state, long from)
    {
        await using var port = await AtAsync(Chain.Head);

        var response = await DoAsync(port, $"declare?as={state}");

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

        var response = await DoAsync(port, "declare" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Same(before, Chain.Head.Membership);
    }

    [Fact]
    public async Task A_node_is_not_declared_to_hold_more_than_the_head()
    {
        await using var port = await AtAsync(Chain.Head);
        var before = Chain.Head.Membership;

        var response = await DoAsync(port, "declare?as=seeded:5");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("the head's last is 4", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Same(before, Chain.Head.Membership);
    }

    [Fact]
    public async Task A_node_is_removed_at_the_head_durably()
    {
        await using var port = await AtAsync(Chain.Head);

        var response = await DoAsync(port, "remove");

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

        var response = await DoAsync(port, what);

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

    /// <summary>To the tail.</summary>
    private Task<HttpResponseMessage> DoAsync(AdminPort port, string what) =>
        port.SendAsync(HttpMethod.Post, $"/admin/nodes/{Chain.Tail.Node}/{what}", AdminPort.Secret);

    private Task<AdminPort> AtAsync(Part node) => AdminPort.StartAsync(new ChainActions(node.Member, node.Journal, _promotion!).All);
}
