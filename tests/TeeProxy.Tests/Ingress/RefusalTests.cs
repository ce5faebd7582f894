using System.Text.Json;
using TeeChain.Journaling;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Ingress;

public sealed class RefusalTests
{
    private const string Post = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";

    [Fact]
    public async Task A_write_for_another_head_is_sent_there()
    {
        await using var door = await Door.OpenAsync();
        door.Admittance = new Admittance.Misdirected("10.0.0.1:9000");

        var answer = await door.AskAsync(Post);

        var problem = Refused(door, answer, 421, "not-head");
        Assert.Equal("10.0.0.1:9000", problem.GetProperty("head").GetString());
    }

    [Fact]
    public async Task A_node_that_may_not_write_yet_says_why()
    {
        await using var door = await Door.OpenAsync();
        door.Admittance = new Admittance.NotYet("the next node has not answered");

        var answer = await door.AskAsync(Post);

        var problem = Refused(door, answer, 503, "not-yet");
        Assert.Contains("the next node has not answered", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("1", answer["Retry-After"]);
    }

    [Fact]
    public async Task A_node_that_has_no_room_to_write_down_that_it_leads_is_full()
    {
        await using var door = await Door.OpenAsync();
        door.Admittance = Admittance.DiskFull.Instance;

        var answer = await door.AskAsync(Post);

        Refused(door, answer, 507, "disk-full");
        Assert.Equal("5", answer["Retry-After"]);
    }

    [Fact]
    public async Task A_head_that_hands_over_takes_nothing_new()
    {
        await using var door = await Door.OpenAsync();
        await door.Journal.SealAsync();

        var answer = await door.AskAsync(Post);

        Refused(door, answer, 503, "handing-over");
        Assert.Equal("1", answer["Retry-After"]);
    }

    [Fact]
    public async Task A_stopping_node_takes_nothing_new()
    {
        await using var door = await Door.OpenAsync();
        door.IsClosed = true;

        var answer = await door.AskAsync(Post);

        Refused(door, answer, 503, "draining");
        Assert.Equal("1", answer["Retry-After"]);
    }

    [Fact]
    public async Task An_application_known_to_be_down_refuses_writes()
    {
        await using var door = await Door.OpenAsync();
        door.Health.ReportDown("connection refused");

        var answer = await door.AskAsync(Post);

        var problem = Refused(door, answer, 503, "application-down");
        Assert.Contains("connection refused", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("1", answer["Retry-After"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_request_that_was_here_before_is_a_loop(string method)
    {
        await using var door = await Door.OpenAsync();

        var answer = await door.AskAsync($"{method} /x HTTP/1.1\r\nHost: h\r\nVia: 1.1 front, 1.1 {door.Pseudonym}\r\nContent-Length: 0\r\n\r\n");

        Refused(door, answer, 508, "loop");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Two_framings_are_refused(string method)
    {
        await using var door = await Door.OpenAsync();

        var answer = await door.AskAsync(
            $"{method} /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

        Refused(door, answer, 400, "ambiguous-framing");
        Assert.Equal("close", answer["Connection"]);
    }

    [Fact]
    public async Task Chunks_in_HTTP_1_0_are_refused()
    {
        await using var door = await Door.OpenAsync();

        var answer = await door.AskAsync("POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

        Refused(door, answer, 400, "ambiguous-framing");
    }

    [Fact]
    public async Task A_transfer_coding_beside_chunks_is_refused()
    {
        await using var door = await Door.OpenAsync();

        var answer = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

        Refused(door, answer, 501, "transfer-coding");
    }

    [Theory]
    [InlineData("zz\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabcdef\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n")]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n")]
    public async Task Broken_chunks_are_refused(string body)
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body);

        Refused(door, await client.ReceiveAsync(), 400, "bad-body");
        Assert.True(await client.IsClosedByServerAsync());
    }

    [Theory]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\nhi")] // folded
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!")]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length : 2\r\n\r\nhi")]
    [InlineData("POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")] // no Host
    [InlineData("POST /x y HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")]
    public async Task What_is_no_request_for_a_resource_is_refused(string request)
    {
        await using var door = await Door.OpenAsync();

        var answer = await door.AskAsync(request);

        Assert.Equal(400, answer.Status);
        AssertNothingRecorded(door);
    }

    [Fact]
    public async Task A_body_that_says_it_is_too_long_is_refused_before_it_is_sent()
    {
        await using var door = await Door.OpenAsync(change: options => options with { MaxBodyBytes = 1000 });
        using var client = await door.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");

        var answer = await client.ReceiveAsync();
        Refused(door, answer, 413, "body-too-large");
        Assert.Equal("close", answer["Connection"]);
    }

    [Fact]
    public async Task A_body_that_grows_too_long_is_refused_on_the_way()
    {
        await using var door = await Door.OpenAsync(change: options => options with { MaxBodyBytes = 100_000 });
        using var client = await door.ConnectAsync();
        var chunk = "8000\r\n" + new string('x', 0x8000) + "\r\n";

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + chunk);

        Refused(door, await client.ReceiveAsync(), 413, "body-too-large");
    }

    [Fact]
    public async Task A_body_of_just_the_limit_is_taken()
    {
        await using var door = await Door.OpenAsync(change: options => options with { MaxBodyBytes = 1000 });

        var answer = await door.AskAsync($"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{new string('x', 1000)}");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData(431, "/x", 3000)]
    [InlineData(414, "/xxxxxxxx", 0)]
    public async Task A_head_that_is_too_long_is_refused(int status, string path, int headerLength)
    {
        await using var door = await Door.OpenAsync(change: options => options with { MaxHeadBytes = 2048 });
        var target = status == 414 ? path + new string('y', 2048) : path;

        var answer = await door.AskAsync($"POST {target} HTTP/1.1\r\nHost: h\r\nX-Long: {new string('z', headerLength)}\r\nContent-Length: 2\r\n\r\nhi");

        Refused(door, answer, status, status == 414 ? "uri-too-long" : "head-too-large");
    }

    [Theory]
    [InlineData("teechain/1")]
    [InlineData("websocket, TeeChain/2")]
    public async Task There_is_no_way_into_the_chain_here(string upgrade)
    {
        await using var door = await Door.OpenAsync();

        var answer = await door.AskAsync($"GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: {upgrade}\r\n\r\n");

        Refused(door, answer, 403, "hop");
    }

    [Fact]
    public async Task A_full_budget_refuses_before_the_upload()
    {
        await using var door = await Door.OpenAsync(budgetBytes: 1 << 20);

        var answer = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n");

        Refused(door, answer, 503, "journal-full");
        Assert.Equal("5", answer["Retry-After"]);
    }

    [Fact]
    public async Task A_budget_that_a_chunked_body_would_break_refuses_it_too()
    {
        await using var door = await Door.OpenAsync(budgetBytes: 1 << 20);

        var answer = await door.AskAsync($"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n{new string('x', 0x200000)}\r\n0\r\n\r\n");

        Refused(door, answer, 503, "journal-full");
    }

    [Theory]
    [InlineData("Content-Length: 600000\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n927c0\r\n", "\r\n0\r\n\r\n")]
    public async Task A_write_that_finds_a_full_budget_goes_on_when_room_is_made(string framing, string end)
    {
        await using var door = await Door.OpenAsync(budgetBytes: 1 << 20);
        var request = $"POST /x HTTP/1.1\r\nHost: h\r\n{framing}{new string('x', 600_000)}{end}";
        Assert.Equal(200, (await door.AskAsync(request)).Status);
        Assert.Equal(503, (await door.AskAsync(request)).Status);
        door.MakeRoom = bytes =>
        {
            door.Journal.Release(door.Journal.Last.Sequence);
            return door.Journal.HasRoomFor(bytes);
        };

        var answer = await door.AskAsync(request);

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, door.Writes.Count);
    }

    [Fact]
    public async Task A_full_disk_is_507_and_service_resumes_by_itself()
    {
        FailingFolder? folder = null;
        await using var door = await Door.OpenAsync(wrap: inner => folder = new FailingFolder(inner));

        folder!.FailNextWrite(new DiskFullException("segment"));
        var full = await door.AskAsync(Post);
        Refused(door, full, 507, "disk-full");
        Assert.Equal(["disk_full"], door.Disk.Names);

        Assert.Equal(200, (await door.AskAsync(Post)).Status);
        await Eventually.TrueAsync(() => door.Disk.Names is ["disk_full", "disk_back"], "the room is told"); // perhaps behind the answer
    }

    [Fact]
    public async Task A_failed_sync_is_told_as_ambiguous_and_then_nothing_is_taken()
    {
        FailingFolder? folder = null;
        await using var door = await Door.OpenAsync(wrap: inner => folder = new FailingFolder(inner));
        folder!.FailSyncs(new IOException("EIO"));

        var ambiguous = await door.AskAsync(Post);
        var after = await door.AskAsync(Post);

        Assert.Equal(500, ambiguous.Status);
        Assert.Equal("unknown", JsonDocument.Parse(ambiguous.Body).RootElement.GetProperty("recorded").GetString());
        Assert.Null(ambiguous["Retry-After"]);
        Refused(door, after, 503, "journal-faulted");
    }

    [Fact]
    public async Task A_refused_connection_serves_the_next_request_when_the_first_had_no_body()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();
        door.IsClosed = true;
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(503, (await client.ReceiveAsync()).Status);
        door.IsClosed = false;

        await client.SendAsync(Post);

        Assert.Equal(200, (await client.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task Who_stops_being_head_while_a_body_comes_in_does_not_record_it()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Assert.Equal(100, (await client.ReceiveAsync()).Status);

        door.Admittance = new Admittance.Misdirected(null);
        await client.SendAsync("hi");

        Refused(door, await client.ReceiveAsync(), 421, "not-head");
    }

    [Fact]
    public async Task A_folder_that_takes_no_spool_file_refuses_long_bodies_only()
    {
        await using var door = await Door.OpenAsync();
        await File.WriteAllTextAsync(door.SpoolFolder, "in the way", TestContext.Current.CancellationToken);

        var longOne = await door.AskAsync($"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}");
        Refused(door, longOne, 500, "spool-failed");

        Assert.Equal(200, (await door.AskAsync(Post)).Status);
    }

    private static JsonElement Refused(Door door, RawAnswer answer, int status, string kind)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer["Content-Type"]);
        var problem = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal("urn:teechain:problem:" + kind, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal("no", problem.GetProperty("recorded").GetString());
        Assert.Null(answer["TeeChain-Sequence"]);
        AssertNothingRecorded(door);
        return problem;
    }

    private static void AssertNothingRecorded(Door door)
    {
        Assert.Equal(0, door.Journal.Last.Sequence);
        Assert.Equal(0, door.Pending.Count);
    }
}
