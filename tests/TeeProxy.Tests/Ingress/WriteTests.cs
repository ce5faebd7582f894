using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TeeProxy.Acks;

namespace TeeProxy.Tests.Ingress;

public sealed class WriteTests
{
    [Fact]
    public async Task A_client_gets_its_applications_own_answer()
    {
        await using var door = await Door.OpenAsync();
        door.Answer = write => Door.Text(
            201, "got " + write.Text, ("Content-Type", "text/x"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Connection", "close"),
            ("Transfer-Encoding", "chunked"), ("Content-Length", "999"), ("X-Latin", "caf\u00e9")) with
        { Reason = "Made It" };
        using var client = await door.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");

        var answer = await client.ReceiveAsync();
        Assert.Equal("HTTP/1.1 201 Made It", answer.StatusLine);
        Assert.Equal("got abc", answer.Body);
        Assert.Equal("7", answer["Content-Length"]);
        Assert.Equal("text/x", answer["Content-Type"]);
        Assert.Equal("a=1, b=2", answer["Set-Cookie"]);
        Assert.Equal("caf\u00e9", answer["X-Latin"]);
        Assert.Null(answer["Connection"]);
        Assert.Null(answer["Transfer-Encoding"]);
        Assert.Null(answer["Server"]);
        Assert.Null(answer["TeeChain-Sequence"]);
        Assert.Equal(1, door.Journal.Last.Sequence);
        Assert.Equal(0, door.Pending.Count);
    }

    [Theory]
    [InlineData("/a%2Fb?x=%20", "/a%2Fb?x=%20")]
    [InlineData("/a/../%61//b/./c;d=1?x=a+b&y=[1]|{}", "/a/../%61//b/./c;d=1?x=a+b&y=[1]|{}")]
    [InlineData("/?", "/?")]
    [InlineData("http://h/a%2Fb?x=1", "/a%2Fb?x=1")]
    [InlineData("http://h", "/")]
    [InlineData("http://h?x=1", "/?x=1")]
    public async Task A_target_is_recorded_as_sent(string sent, string recorded)
    {
        await using var door = await Door.OpenAsync();

        await door.AskAsync($"POST {sent} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(recorded, Assert.Single(door.Writes).Head.Target);
    }

    [Fact]
    public async Task Headers_are_cleaned_and_completed()
    {
        await using var door = await Door.OpenAsync();

        await door.AskAsync(
            "PATCH /x HTTP/1.1\r\nHost: shop.example:8080\r\nContent-Length: 0\r\nContent-Type: text/plain\r\nCookie: a=1\r\n"
            + "Connection: X-Mine, Host\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\n"
            + "TE: trailers\r\nTrailer: X\r\nExpect: 100-continue\r\nX-Many: 1\r\nX-Many: 2\r\nX-Latin: caf\u00e9\r\n"
            + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");

        var write = Assert.Single(door.Writes);
        Assert.Equal("PATCH", write.Head.Method);
        Assert.Equal("shop.example:8080", write["Host"]);
        Assert.Equal("text/plain", write["Content-Type"]);
        Assert.Equal("a=1", write["Cookie"]);
        Assert.Equal("1 | 2", write["X-Many"]);
        Assert.Equal("caf\u00e9", write["X-Latin"]);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", write["traceparent"]);
        Assert.Equal($"1.1 {door.Pseudonym}", write["Via"]);
        Assert.Equal("127.0.0.1", write["X-Forwarded-For"]);
        Assert.Equal("http", write["X-Forwarded-Proto"]);
        Assert.Equal("shop.example:8080", write["X-Forwarded-Host"]);
        Assert.All(
            ["Connection", "X-Mine", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Expect", "Content-Length"],
            name => Assert.Null(write[name]));
    }

    [Fact]
    public async Task What_front_doors_have_said_is_kept_and_added_to()
    {
        await using var door = await Door.OpenAsync();

        await door.AskAsync(
            "POST /x HTTP/1.0\r\nHost: h\r\nContent-Length: 0\r\nVia: 1.1 a\r\nVia: 1.1 b\r\nX-Forwarded-For: 10.0.0.9\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n\r\n");

        var write = Assert.Single(door.Writes);
        Assert.Equal($"1.1 a,1.1 b, 1.0 {door.Pseudonym}", write["Via"]);
        Assert.Equal("10.0.0.9, 127.0.0.1", write["X-Forwarded-For"]);
        Assert.Equal("https", write["X-Forwarded-Proto"]);
        Assert.Equal("shop.example", write["X-Forwarded-Host"]);
    }

    [Theory]
    [InlineData("TeeChain-Sequence")]
    [InlineData("teechain-redelivery")]
    [InlineData("TeeChain_Sequence")]
    [InlineData("TEECHAIN-X")]
    public async Task What_only_TeeChain_may_say_is_dropped(string name)
    {
        await using var door = await Door.OpenAsync();

        await door.AskAsync($"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n{name}: 7\r\nTeeChainish: kept\r\n\r\n");

        var write = Assert.Single(door.Writes);
        Assert.Null(write[name]);
        Assert.Equal("kept", write["TeeChainish"]);
    }

    [Theory]
    [InlineData(30_000_000)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public async Task A_long_body_arrives_whole(int length)
    {
        await using var door = await Door.OpenAsync();
        var body = RandomNumberGenerator.GetBytes(length);
        using var client = await door.ConnectAsync();

        await client.SendAsync($"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
        await client.SendAsync(body);

        Assert.Equal(200, (await client.ReceiveAsync()).Status);
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(Assert.Single(door.Writes).Body));
        Assert.Empty(Directory.Exists(door.SpoolFolder) ? Directory.GetFiles(door.SpoolFolder) : []);
    }

    [Fact]
    public async Task A_chunked_body_is_recorded_without_its_chunks()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n");
        await client.SendAsync("5\r\ndefgh\r\n0\r\nX-Trailer: t\r\n\r\n");

        Assert.Equal(200, (await client.ReceiveAsync()).Status);
        var write = Assert.Single(door.Writes);
        Assert.Equal("abcdefgh", write.Text);
        Assert.Null(write["Transfer-Encoding"]);
    }

    [Fact]
    public async Task Who_expects_100_gets_it_once_admitted()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        Assert.Equal(100, (await client.ReceiveAsync()).Status);
        await client.SendAsync("abc");

        Assert.Equal(200, (await client.ReceiveAsync()).Status);
        Assert.Equal("abc", Assert.Single(door.Writes).Text);
    }

    [Fact]
    public async Task HTTP_1_0_with_keep_alive_is_served_on_one_connection()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("POST /x HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi");

            var answer = await client.ReceiveAsync();
            Assert.Equal(200, answer.Status);
            Assert.Equal("keep-alive", answer["Connection"]);
            Assert.Equal("done", answer.Body);
        }

        Assert.Equal(3, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task HTTP_1_0_without_keep_alive_is_closed_behind_the_answer()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal("done", (await client.ReceiveAsync()).Body);
        Assert.True(await client.IsClosedByServerAsync());
    }

    [Fact]
    public async Task Pipelined_writes_are_answered_in_order()
    {
        await using var door = await Door.OpenAsync();
        door.Answer = write => Door.Text(200, write.Text);
        using var client = await door.ConnectAsync();

        await client.SendAsync(string.Concat(Enumerable.Range(0, 5).Select(i => $"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n{i}")));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"{i}", (await client.ReceiveAsync()).Body);
        }
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(304, "12")]
    public async Task An_answer_that_has_no_body_gets_none(int status, string? length)
    {
        await using var door = await Door.OpenAsync();
        door.Answer = write => write.Head.Target == "/bare" ? Door.Text(status, "", ("Content-Length", "12"), ("ETag", "x")) : Door.Text(200, "next");
        using var client = await door.ConnectAsync();

        await client.SendAsync("DELETE /bare HTTP/1.1\r\nHost: h\r\n\r\n");
        var bare = await client.ReceiveAsync();
        await client.SendAsync("DELETE /x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((status, length, "x"), (bare.Status, bare["Content-Length"], bare["ETag"]));
        Assert.Equal("next", (await client.ReceiveAsync()).Body);
    }

    [Fact]
    public async Task A_HEAD_that_is_a_write_is_answered_without_a_body()
    {
        await using var door = await Door.OpenAsync(change: options => options with { TeeMethods = ["HEAD"] });
        door.Answer = _ => Door.Text(200, "", ("Content-Length", "12"));

        var answer = await door.AskAsync("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n", isHead: true);

        Assert.Equal((200, "12"), (answer.Status, answer["Content-Length"]));
    }

    [Fact]
    public async Task When_the_answer_is_late_its_client_is_told_that_the_write_is_recorded()
    {
        await using var door = await Door.OpenAsync(change: options => options with { AckTimeout = TimeSpan.FromMilliseconds(100) });
        door.Answer = _ => null;

        var answer = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal(504, answer.Status);
        Assert.Equal("1", answer["TeeChain-Sequence"]);
        var problem = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal("yes", problem.GetProperty("recorded").GetString());
        Assert.Equal(1, problem.GetProperty("sequence").GetInt64());
        Assert.Contains("not answered within 0.1 s", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, door.Pending.Count);
        Assert.Equal(1, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task When_the_level_is_not_reached_in_time_its_client_is_told_what_is_known()
    {
        await using var door = await Door.OpenAsync(change: options => options with { AckTimeout = TimeSpan.FromMilliseconds(200), Ack = AckLevel.Chain });

        var answer = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal((504, "1"), (answer.Status, answer["TeeChain-Sequence"]));
        Assert.Equal(
            "The head's application answered 200, but within 0.2 s the write has not reached --ack chain: 1 is on its way. "
                + "The write is recorded as 1 and will be delivered; sent again it would happen twice.",
            JsonDocument.Parse(answer.Body).RootElement.GetProperty("detail").GetString());
        Assert.Equal(0, door.Pending.Count);
        door.Pending.Reach(2);
        Assert.Equal(200, (await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")).Status);
    }

    [Fact]
    public async Task While_writes_are_held_none_is_recorded_and_reads_pass()
    {
        await using var door = await Door.OpenAsync();
        var lease = door.Hold.Begin(TimeSpan.FromMinutes(1))!;

        var held = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
        var read = await door.AskAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((503, "1"), (held.Status, held["Retry-After"]));
        Assert.Contains("urn:teechain:problem:held", held.Body, StringComparison.Ordinal);
        Assert.Contains("Nothing was recorded", held.Body, StringComparison.Ordinal);
        Assert.Equal((502, 0), (read.Status, door.Journal.Last.Sequence)); // There is no application to read from.
        door.Hold.End(lease.Token);
        Assert.Equal(200, (await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")).Status);
    }

    [Fact]
    public async Task A_hold_that_begins_while_a_body_comes_in_refuses_that_write_and_waits_for_no_other()
    {
        await using var door = await Door.OpenAsync();
        using var client = await door.ConnectAsync();
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Assert.Equal(100, (await client.ReceiveAsync()).Status); // It was admitted, and its body is asked for.

        door.Hold.Begin(TimeSpan.FromMinutes(1));
        await client.SendAsync("hi");

        Assert.Equal(503, (await client.ReceiveAsync()).Status);
        Assert.Equal((0, 0), (door.Pending.Entering, door.Journal.Last.Sequence));
    }

    [Fact]
    public async Task Who_waits_when_the_node_stops_is_told_that_the_write_is_recorded()
    {
        await using var door = await Door.OpenAsync();
        door.Answer = _ =>
        {
            door.Pending.ReleaseAll("The node stops.");
            return null;
        };

        var answer = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal((504, "1"), (answer.Status, answer["TeeChain-Sequence"]));
        Assert.Contains("The node stops. The write is recorded as 1", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_before_its_body_is_whole_leaves_nothing()
    {
        var counted = new ConcurrentQueue<string>();
        using var listener = Door.Listen(counted);
        await using var door = await Door.OpenAsync();
        using (var client = await door.ConnectAsync())
        {
            await client.SendAsync("PATCH /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
            Assert.Equal(100, (await client.ReceiveAsync()).Status);
            await client.SendAsync(new string('x', 80_000));
            client.Reset();
        }

        await UntilAsync(() => counted.Contains("PATCH aborted"));

        Assert.Equal(0, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task A_client_that_goes_after_the_append_changes_nothing()
    {
        await using var door = await Door.OpenAsync();
        var answering = new TaskCompletionSource();
        door.Answer = _ =>
        {
            answering.Task.Wait(TestContext.Current.CancellationToken);
            return Door.Text(200, "late");
        };
        using (var client = await door.ConnectAsync())
        {
            await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
            await UntilAsync(() => door.Writes.Count == 1);
            client.Reset();
        }

        answering.SetResult();

        await UntilAsync(() => door.Pending.Count == 0);
        Assert.Equal(200, (await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")).Status);
        Assert.Equal(2, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task Many_clients_are_each_given_their_own_answer()
    {
        await using var door = await Door.OpenAsync();
        door.Answer = write => Door.Text(200, write.Text);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            using var client = await door.ConnectAsync();
            var right = 0;
            for (var j = 0; j < 25; j++)
            {
                var text = $"{i}-{j}";
                await client.SendAsync($"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: {text.Length}\r\n\r\n{text}");
                right += (await client.ReceiveAsync()).Body == text ? 1 : 0;
            }

            return right;
        }));

        Assert.All(answers, right => Assert.Equal(25, right));
        Assert.Equal(32 * 25, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task Requests_are_counted_with_bounded_labels()
    {
        var counted = new ConcurrentQueue<string>();
        using var listener = Door.Listen(counted);
        await using var door = await Door.OpenAsync(change: options => options with { TeeMethods = ["BREW"] });

        await door.AskAsync("BREW /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

        await UntilAsync(() => counted.Contains("other answered"));
        Assert.DoesNotContain(counted, label => label.StartsWith("BREW", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_answer_from_a_spool_file_arrives_whole()
    {
        await using var door = await Door.OpenAsync();
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var spool = new TeeProxy.Spooling.BodySpool(door.SpoolFolder);
        var body = (await spool.ReadAsync(new MemoryStream(bytes), null, long.MaxValue, 0, TestContext.Current.CancellationToken)).Body!;
        door.Answer = _ => new Answer(200, null, [], body);

        var answer = await door.AskAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(Encoding.Latin1.GetBytes(answer.Body)));
        await UntilAsync(() => body.File!.IsClosed);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var deadline = TimeSpan.FromSeconds(20);
        for (var waited = TimeSpan.Zero; !condition(); waited += TimeSpan.FromMilliseconds(10))
        {
            Assert.True(waited < deadline, "what was waited for did not happen");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
