using SampleApp.Applied;
using SampleApp.Users;

namespace SampleApp.Tests;

public sealed class StateTests
{
    [Fact]
    public async Task The_log_shows_arrivals_in_order_and_skips_by_arrival_not_by_sequence()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice", sequence: 50);
        await server.RegisterAsync("alice", sequence: 50, isRedelivery: true);
        await server.ChangeAsync("alice", sequence: 40);

        var (_, body) = await server.GetAsync("/state/log?after=1");

        Assert.Equal(
            """
            {"applied":[{"index":3,"sequence":40,"chain":"11111111-1111-1111-1111-111111111111","user":"alice","kind":"changePassword","status":200,"version":2,"redelivery":false}],"discarded":[{"index":2,"sequence":50,"chain":"11111111-1111-1111-1111-111111111111","user":"alice","kind":"register","marked":true}],"first":2,"next":3}
            """,
            body);
    }

    [Fact]
    public async Task An_end_of_the_log_answers_nothing_and_the_same_position()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice");

        var log = await server.JsonAsync("/state/log?after=1");

        Assert.Equal(0, log.GetProperty("applied").GetArrayLength());
        Assert.Equal(1, log.GetProperty("next").GetInt64());
    }

    [Theory]
    [InlineData("/state/log?after=-1")]
    [InlineData("/state/log?after=x")]
    public async Task A_wrong_position_is_refused(string path)
    {
        await using var server = await SampleServer.StartAsync();

        Assert.Equal(400, (await server.GetAsync(path)).Status);
    }

    [Fact]
    public async Task The_state_counts_users_applied_and_discarded()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice", sequence: 1);
        await server.RegisterAsync("alice", sequence: 1);
        await server.ChangeAsync("bob", sequence: 2);

        var state = await server.JsonAsync("/state");

        Assert.Equal("romulus", state.GetProperty("name").GetString());
        Assert.Equal(1, state.GetProperty("users").GetInt32());
        Assert.Equal(2, state.GetProperty("applied").GetInt64());
        Assert.Equal(1, state.GetProperty("discarded").GetInt64());
        Assert.Equal(64, state.GetProperty("digest").GetString()!.Length);
    }

    [Fact]
    public void A_full_log_keeps_the_last_arrivals_and_counts_all()
    {
        var log = new AppliedLog(blocks: 2);
        for (var i = 1; i <= 3000; i++)
        {
            log.Append(new Arrival(ChangeKind.Register, $"{i}", null, false, false, new Outcome(201, 1)));
        }

        var (first, arrivals) = log.Read(0, 10_000);
        var (_, page) = log.Read(2990, 3);

        Assert.Equal(3000 - log.Capacity + 1, first);
        Assert.Equal(Enumerable.Range((int)first, log.Capacity).Select(i => $"{i}"), arrivals.Select(a => a.User));
        Assert.Equal(["2991", "2992", "2993"], page.Select(a => a.User));
        Assert.Equal(3000, log.Counts.Applied);
    }

    [Fact]
    public void Recent_deliveries_forget_the_oldest_first()
    {
        var recent = new RecentDeliveries(capacity: 2);
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            recent.Add(new Delivery(Guid.Empty, sequence), "alice", new Outcome(200, sequence));
        }

        Assert.False(recent.TryGet(new Delivery(Guid.Empty, 1), "alice", out _));
        Assert.True(recent.TryGet(new Delivery(Guid.Empty, 2), "alice", out var outcome));
        Assert.Equal(2, outcome.Version);
    }

    [Fact]
    public void A_recording_that_fails_changes_nothing()
    {
        var users = new UserStore(new AppliedLog(), (_, _) => throw new IOException("disk full"));

        Assert.Throws<IOException>(() => users.Apply(
            new Change(ChangeKind.Register, "alice", PasswordHash.Of("alice", "a", 1), new Delivery(Guid.Empty, 1), false)));

        Assert.Null(users.Find("alice"));
        Assert.Equal(default, users.Snapshot().Counts);
    }

    [Fact]
    public async Task Concurrent_changes_of_one_user_are_all_counted()
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice");

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.ChangeAsync("alice")));

        Assert.Equal((200, """{"user":"alice","version":101}"""), await server.GetAsync("/login?user=alice"));
    }
}
