using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Tests.Registry;

namespace TeeChain.Fleet.Tests.Nodes;

public sealed class NodeClientTests : IDisposable
{
    private readonly NodeClient _client = new(RegistryFolder.Secret, TimeSpan.FromSeconds(10));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_list_is_replaced_only_where_it_has_the_version_that_is_named()
    {
        await using var node = await FakeNode.StartAsync(1, Cancellation);

        var replaced = await _client.SetNextAsync(node.Admin, 0, ["a:1", "b:2"], Cancellation);
        var late = await _client.SetNextAsync(node.Admin, 0, [], Cancellation);

        Assert.Equal((true, 1L, 200), (replaced.IsOk, replaced.Value!.Version, replaced.Status));
        Assert.Equal((false, false, 412), (late.IsOk, late.IsUnknown, late.Status));
        Assert.Equal(["a:1", "b:2"], (await _client.NextAsync(node.Admin, Cancellation)).Value!.Next);
    }

    [Fact]
    public async Task Each_thing_is_asked_at_its_path()
    {
        await using var node = await FakeNode.StartAsync(1, Cancellation);
        var id = SampleStatus.Id(2);

        await _client.DeclareAsync(node.Admin, id, Declared.Seeded(17), Cancellation);
        await _client.RemoveAsync(node.Admin, id, Cancellation);
        var hold = await _client.HoldAsync(node.Admin, TimeSpan.FromMinutes(1), Cancellation);
        await _client.ReleaseAsync(node.Admin, hold.Value!.Token, Cancellation);

        Assert.Equal(
            [$"POST /admin/nodes/{id}/declare?as=seeded:17", $"POST /admin/nodes/{id}/remove", "POST /admin/hold?lease=60s", $"POST /admin/release?token={node.Grant.Token}"],
            node.Asked);
        Assert.Equal(SampleStatus.Id(1), (await _client.StatusAsync(node.Admin, Cancellation)).Value!.NodeId);
        Assert.True((await _client.ReadyAsync(node.Admin, "/readyz/read", Cancellation)).Ok);
    }

    [Fact]
    public async Task A_refusal_is_in_the_nodes_own_words_and_known_to_be_one()
    {
        await using var node = await FakeNode.StartAsync(1, Cancellation);
        node.ChangeStatus = 409;

        var refused = await _client.RemoveAsync(node.Admin, Guid.Empty, Cancellation);

        Assert.Equal((409, "as the test wants it", false), (refused.Status, refused.Why, refused.IsUnknown));
        Assert.Equal("as the test wants it", (await _client.ReadyAsync(node.Admin, "/readyz/read", Cancellation)).Why);
    }

    [Fact]
    public async Task Of_a_node_that_hangs_or_is_away_or_talks_nonsense_nothing_is_known()
    {
        await using var node = await FakeNode.StartAsync(1, Cancellation);
        node.IsTalkingNonsense = true;
        var nonsense = await _client.StatusAsync(node.Admin, Cancellation);
        node.IsHanging = true;
        using var hasty = new NodeClient(RegistryFolder.Secret, TimeSpan.FromMilliseconds(200));

        var hung = await hasty.StatusAsync(node.Admin, Cancellation);
        var away = await _client.StatusAsync("127.0.0.1:1", Cancellation);
        var nowhere = await _client.StatusAsync("no address", Cancellation);

        Assert.All([nonsense.IsUnknown, hung.IsUnknown, away.IsUnknown, nowhere.IsUnknown], Assert.True);
        Assert.Contains("did not answer within 0.2 s", hung.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_callers_own_cancellation_is_thrown()
    {
        await using var node = await FakeNode.StartAsync(1, Cancellation);
        node.IsHanging = true;
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.StatusAsync(node.Admin, cancelled.Token));
    }
}
