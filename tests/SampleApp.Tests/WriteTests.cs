namespace SampleApp.Tests;

public sealed class WriteTests
{
    [Fact]
    public async Task Registering_makes_version_one_and_every_change_counts_on()
    {
        await using var server = await SampleServer.StartAsync();

        var registered = await server.RegisterAsync("alice");
        var changed = await server.ChangeAsync("alice");

        Assert.Equal((201, """{"user":"alice","version":1}"""), registered);
        Assert.Equal((200, """{"user":"alice","version":2}"""), changed);
    }

    [Fact]
    public async Task A_second_registration_is_a_conflict_and_an_unknown_user_is_not_found()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice");

        var again = await server.RegisterAsync("alice");
        var unknown = await server.ChangeAsync("bob");

        Assert.Equal(409, again.Status);
        Assert.Equal(404, unknown.Status);
    }

    [Fact]
    public async Task A_redelivery_is_discarded_and_answered_as_the_first_time()
    {
        await using var server = await SampleServer.StartAsync();
        var first = await server.RegisterAsync("alice", sequence: 5);
        await server.ChangeAsync("alice", sequence: 6);

        var old = await server.RegisterAsync("alice", sequence: 5, isRedelivery: true);
        var unmarked = await server.ChangeAsync("alice", sequence: 6);

        var log = await server.JsonAsync("/state/log");
        Assert.Equal(first, old);
        Assert.Equal((200, """{"user":"alice","version":2}"""), unmarked);
        Assert.Equal([5, 6], log.GetProperty("applied").EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()));
        Assert.Equal([true, false], log.GetProperty("discarded").EnumerateArray().Select(e => e.GetProperty("marked").GetBoolean()));
    }

    [Fact]
    public async Task The_same_sequence_of_another_chain_or_user_is_a_new_write()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice", sequence: 5);

        var otherChain = await server.RegisterAsync("alice", sequence: 5, chain: Guid.NewGuid().ToString());
        var otherUser = await server.RegisterAsync("bob", sequence: 5);

        Assert.Equal(409, otherChain.Status);
        Assert.Equal(201, otherUser.Status);
    }

    [Fact]
    public async Task A_new_write_that_comes_out_of_order_is_applied()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice", sequence: 5);
        await server.ChangeAsync("alice", sequence: 9);

        var late = await server.ChangeAsync("alice", sequence: 7, isRedelivery: true);

        Assert.Equal((200, """{"user":"alice","version":3}"""), late);
    }

    [Fact]
    public async Task Replicas_that_got_the_same_writes_have_the_same_digest_and_answers()
    {
        await using var one = await SampleServer.StartAsync(new() { Name = "romulus" });
        await using var other = await SampleServer.StartAsync(new() { Name = "remus" });

        foreach (var server in new[] { one, other })
        {
            await server.RegisterAsync("alice", sequence: 1);
            await server.RegisterAsync("bob", sequence: 2);
            await server.ChangeAsync("alice", "new", sequence: 3);
        }

        Assert.Equal(await Digest(one), await Digest(other));
        await other.ChangeAsync("bob", sequence: 4);
        Assert.NotEqual(await Digest(one), await Digest(other));
    }

    [Fact]
    public async Task Without_a_sequence_the_salt_is_random()
    {
        await using var one = await SampleServer.StartAsync();
        await using var other = await SampleServer.StartAsync();

        await one.RegisterAsync("alice");
        await other.RegisterAsync("alice");

        Assert.NotEqual(await Digest(one), await Digest(other));
    }

    [Theory]
    [InlineData("x", "11111111-1111-1111-1111-111111111111")]
    [InlineData("-1", "11111111-1111-1111-1111-111111111111")]
    [InlineData("5", "chain")]
    [InlineData(null, "11111111-1111-1111-1111-111111111111")]
    public async Task Wrong_proxy_headers_are_refused_and_change_nothing(string? sequence, string chain)
    {
        await using var server = await SampleServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/register")
        {
            Content = new FormUrlEncodedContent([new("user", "alice"), new("password", "a")]),
        };
        request.Headers.Add("TeeChain-Chain", chain);
        if (sequence is not null)
        {
            request.Headers.Add("TeeChain-Sequence", sequence);
        }

        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(404, (await server.GetAsync("/login?user=alice")).Status);
    }

    private static async Task<string?> Digest(SampleServer server) => (await server.JsonAsync("/state")).GetProperty("digest").GetString();
}
