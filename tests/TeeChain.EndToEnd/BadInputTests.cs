using System.Text;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>What is no proper request is refused with a status and a text, and changes nothing anywhere.</summary>
public sealed class BadInputTests(BadInputTests.Chain chain) : IClassFixture<BadInputTests.Chain>
{
    private const int MaxBody = 64 << 10;
    private const string Form = "Content-Type: application/x-www-form-urlencoded";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Fleet Fleet => chain.Fleet;

    /// <summary>One chain for all of it: each test leaves it as it was.</summary>
    public sealed class Chain : IAsyncLifetime
    {
        internal Fleet Fleet { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Fleet = await Fleet.StartAsync(
                new FleetPlan { HasFront = true, Adjust = (_, flags) => flags with { MaxBodyBytes = MaxBody, JournalMaxBytes = 64 << 20 } },
                TestContext.Current.CancellationToken);
            Assert.Equal(201, (await OneWrite.RegisterAsync(Fleet.Head.Address, "known", TestContext.Current.CancellationToken)).Status);
        }

        public ValueTask DisposeAsync() => Fleet.DisposeAsync();
    }

    [Fact]
    public Task Both_a_length_and_chunks_are_refused() => ChangesNothingAsync(async () =>
    {
        var answer = await AskAsync($"""
            POST /register HTTP/1.1
            Host: x
            {Form}
            Content-Length: 27
            Transfer-Encoding: chunked

            1b
            user=smuggled&password=pass
            0


            """);

        Assert.Contains("Content-Length and Transfer-Encoding", answer.AssertProblem(400, "ambiguous-framing"), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("1b;\nuser=smuggled&password=pass\nzz\n")]
    [InlineData("-1\nuser\n0\n\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\nuser\n0\n\n")]
    [InlineData("3\nuser=smuggled\n0\n\n")]
    public Task Broken_chunks_are_refused(string chunks) => ChangesNothingAsync(async () =>
    {
        var answer = await AskAsync($"""
            POST /register HTTP/1.1
            Host: x
            {Form}
            Transfer-Encoding: chunked

            {chunks}
            """);

        answer.AssertProblem(400, "bad-body");
    });

    [Fact]
    public Task A_folded_header_is_refused() => ChangesNothingAsync(async () =>
    {
        var answer = await AskAsync($"""
            POST /register HTTP/1.1
            Host: x
            {Form}
            X-Folded: one
             two
            Content-Length: 27

            user=smuggled&password=pass
            """);

        Assert.Equal(400, answer.Status);
    });

    [Fact]
    public Task Two_lengths_are_refused() => ChangesNothingAsync(async () =>
    {
        var answer = await AskAsync($"""
            POST /register HTTP/1.1
            Host: x
            {Form}
            Content-Length: 27
            Content-Length: 28

            user=smuggled&password=pass
            """);

        Assert.Equal(400, answer.Status);
    });

    [Fact]
    public Task A_head_that_is_too_large_is_refused() => ChangesNothingAsync(async () =>
    {
        var headers = await AskAsync($"POST /register HTTP/1.1\nHost: x\n{Form}\nX-Long: {new string('x', 40 << 10)}\nContent-Length: 27\n\nuser=oversized&password=pass");
        var line = await AskAsync($"POST /register?{new string('x', 40 << 10)} HTTP/1.1\nHost: x\n{Form}\nContent-Length: 27\n\nuser=oversized&password=pass");

        Assert.Equal((431, 414), (headers.Status, line.Status));
    });

    [Fact]
    public Task A_body_whose_length_is_too_large_is_refused_before_it_is_sent() => ChangesNothingAsync(async () =>
    {
        using var http = await RawHttp.ConnectAsync(Fleet.Head.Address, Cancellation);

        await http.SendAsync($"POST /register HTTP/1.1\nHost: x\n{Form}\nContent-Length: {MaxBody + 1}\nExpect: 100-continue\n\n", Cancellation);

        var answer = await http.ReadAsync(Cancellation); // and no "100 Continue" before it
        Assert.Contains("--max-body", answer.AssertProblem(413, "body-too-large"), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_body_that_turns_out_too_large_is_refused_and_not_read_to_its_end() => ChangesNothingAsync(async () =>
    {
        const long Offered = 64 << 20;
        using var http = await RawHttp.ConnectAsync(Fleet.Head.Address, Cancellation);
        var chunk = Encoding.ASCII.GetBytes($"1000\r\n{new string('x', 0x1000)}\r\n");
        await http.SendAsync($"POST /register HTTP/1.1\nHost: x\n{Form}\nTransfer-Encoding: chunked\n\n", Cancellation);

        var sent = await http.SendUntilClosedAsync(() => chunk, Offered, Cancellation);

        (await http.ReadAsync(Cancellation)).AssertProblem(413, "body-too-large");
        Assert.True(sent < Offered, "All of it was read.");
    });

    [Fact]
    public Task A_body_that_breaks_off_is_not_recorded() => ChangesNothingAsync(async () =>
    {
        using (var http = await RawHttp.ConnectAsync(Fleet.Head.Address, Cancellation))
        {
            await http.SendAsync($"POST /register HTTP/1.1\nHost: x\n{Form}\nContent-Length: 28\n\nuser=cut&password=", Cancellation);
        }

        // The next request on the node shows that it got over it.
        var answer = await AskAsync("GET /login?user=cut HTTP/1.1\nHost: x\nConnection: close\n\n");
        Assert.Equal(404, answer.Status);
    });

    [Theory]
    [InlineData("POST * HTTP/1.1")]
    [InlineData("CONNECT other:80 HTTP/1.1")]
    public Task A_target_that_is_no_path_is_refused(string line) => ChangesNothingAsync(async () =>
    {
        var answer = await AskAsync($"{line}\nHost: {(line.StartsWith("CONNECT", StringComparison.Ordinal) ? "other:80" : "x")}\nContent-Length: 0\n\n");

        Assert.True(answer.Status is 400 or 405, answer.ToString());
    });

    [Fact]
    public async Task Forged_headers_are_dropped_and_the_request_is_served()
    {
        var before = await Holding.AtRestAsync(Fleet, Cancellation);

        foreach (var (address, user) in new[] { (Fleet.Head.Address, "forger1"), (Fleet.Front!.Address, "forger2") })
        {
            var body = $"user={user}&password=pass";
            var answer = await RawHttp.AskAsync(
                address,
                $"""
                POST /register HTTP/1.1
                Host: x
                {Form}
                TeeChain-Sequence: 999999
                teechain-chain: 00000000-0000-0000-0000-000000000001
                TeeChain-Redelivery: 1
                TeeChain_Sequence: 999999
                Connection: close
                Content-Length: {body.Length}

                {body}
                """,
                Cancellation);
            Assert.True(answer.Status == 201, answer.ToString());
        }

        await Holding.AtRestAsync(Fleet, Cancellation);
        var chainId = (await Fleet.Head.StatusAsync(Cancellation)).Chain;
        foreach (var app in Fleet.Apps)
        {
            var forged = (await app.LogAsync(Cancellation)).Applied.Where(write => write.User.StartsWith("forger", StringComparison.Ordinal)).ToList();
            Assert.Equal(2, forged.Count);
            Assert.All(forged, write => Assert.True(write.Chain == chainId && !write.Redelivery && write.Sequence > before[0].LastSequence && write.Sequence < 100, $"{write}"));
        }
    }

    [Fact]
    public Task An_outsiders_way_into_the_hop_is_closed() => ChangesNothingAsync(async () =>
    {
        const string Hop = "GET /.teechain/hop HTTP/1.1\nHost: x\nConnection: Upgrade\n";

        var front = await RawHttp.AskAsync(Fleet.Front!.Address, Hop + "Upgrade: teechain/1\n\n", Cancellation);
        var amongOthers = await RawHttp.AskAsync(Fleet.Front.Address, Hop + "Upgrade: h2c, TeeChain/1\n\n", Cancellation);
        var withVia = await AskAsync(Hop + "Upgrade: teechain/1\nVia: 1.1 proxy\n\n");
        var withFor = await AskAsync(Hop + "Upgrade: teechain/1\nX-Forwarded-For: 10.0.0.1\n\n");
        var elsewhere = await AskAsync("POST /register HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: teechain/1\nContent-Length: 0\n\n");
        var withoutUpgrade = await AskAsync("GET /.teechain/hop HTTP/1.1\nHost: x\n\n");

        Assert.Equal(
            (403, 403, 403, 403, 403, 426),
            (front.Status, amongOthers.Status, withVia.Status, withFor.Status, elsewhere.Status, withoutUpgrade.Status));
        Assert.Contains("proxy", withVia.Body, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_write_to_a_replica_is_refused_and_the_head_is_named() => ChangesNothingAsync(async () =>
    {
        foreach (var replica in Fleet.Nodes.Skip(1))
        {
            var answer = await OneWrite.RegisterAsync(replica.Address, "misdirected", Cancellation);

            Assert.Contains($"127.0.0.1:{Fleet.Head.Flags.Listen}", answer.AssertProblem(421, "not-head"), StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task A_write_is_refused_while_the_heads_application_is_known_to_be_down() => ChangesNothingAsync(async () =>
    {
        var app = Fleet.Apps[0];
        await app.KillAsync(Cancellation);
        await Eventually.TrueAsync(
            async () => !(await Fleet.Head.StatusAsync(Cancellation)).Application.Up, "the head knows", Cancellation, () => Fleet.Head.Description);

        var answer = await OneWrite.RegisterAsync(Fleet.Head.Address, "unlucky", Cancellation);

        answer.AssertProblem(503, "application-down");
        Assert.Equal("1", answer.Header("Retry-After"));
        await app.StartAsync(Cancellation);
        await Fleet.ReadyAsync(Cancellation);
    });

    private Task<RawAnswer> AskAsync(string request) => RawHttp.AskAsync(Fleet.Head.Address, request, Cancellation);

    private async Task ChangesNothingAsync(Func<Task> bad)
    {
        var before = await Holding.AtRestAsync(Fleet, Cancellation);

        await bad();

        // A good write behind it gets the next number: nothing came between, not even late.
        Assert.Equal(before, await Holding.OfAsync(Fleet, Cancellation));
        var user = $"good-{before[0].LastSequence}";
        Assert.Equal(201, (await OneWrite.RegisterAsync(Fleet.Head.Address, user, Cancellation)).Status);
        var after = await Holding.AtRestAsync(Fleet, Cancellation);
        Assert.All(before.Zip(after), pair => Assert.Equal((pair.First.LastSequence + 2, pair.First.Applied + 1), (pair.Second.LastSequence, pair.Second.Applied)));
    }
}
