using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace TeeProxy.Tests.Ingress;

public sealed class PassThroughTests
{
    [Theory]
    [InlineData("/a%2Fb?x=%20", "/a%2Fb?x=%20")]
    [InlineData("/a/../%61//b/./c;d=1?x=a+b&y=[1]|{}", "/a/../%61//b/./c;d=1?x=a+b&y=[1]|{}")]
    [InlineData("/?", "/?")]
    [InlineData("http://h/a%2Fb?x=1", "/a%2Fb?x=1")]
    public async Task A_target_goes_on_as_sent(string sent, string got)
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);

        var answer = await door.AskAsync($"GET {sent} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((200, "read", "yes"), (answer.Status, answer.Body, answer["X-App"]));
        Assert.Equal(got, Assert.Single(application.Requests).Target);
        Assert.Equal(0, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task Headers_follow_the_same_rules_as_a_writes()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);

        await door.AskAsync(
            "GET /x HTTP/1.1\r\nHost: shop.example:8080\r\nConnection: X-Mine\r\nX-Mine: 1\r\nKeep-Alive: x\r\nProxy-Authorization: x\r\nTE: trailers\r\n"
            + "TeeChain-Sequence: 7\r\nTeeChain_Redelivery: 1\r\nVia: 1.1 front\r\nX-Forwarded-For: 10.0.0.9\r\nCookie: a=1\r\nCookie: b=2\r\n"
            + "Upgrade: h2c\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nAccept-Encoding: gzip\r\n\r\n");

        var headers = Assert.Single(application.Requests).Headers;
        Assert.Equal("shop.example:8080", headers["Host"]);
        Assert.Equal($"1.1 front, 1.1 {door.Pseudonym}", headers["Via"]);
        Assert.Equal("10.0.0.9, 127.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal("http", headers["X-Forwarded-Proto"]);
        Assert.Equal("shop.example:8080", headers["X-Forwarded-Host"]);
        Assert.Equal("a=1; b=2", headers["Cookie"]);
        Assert.Equal("gzip", headers["Accept-Encoding"]);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", headers["traceparent"]);
        Assert.All(
            ["X-Mine", "Keep-Alive", "Proxy-Authorization", "TE", "TeeChain-Sequence", "TeeChain_Redelivery", "Upgrade", "Connection", "Content-Length"],
            name => Assert.DoesNotContain(name, headers.Keys));
    }

    [Fact]
    public async Task What_is_not_under_a_tee_path_is_passed_with_its_body()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port, options => options with { TeePaths = ["/api"] });

        await door.AskAsync("POST /other HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc");
        await door.AskAsync("POST /other HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n");
        await door.AskAsync("DELETE /other HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(["abc", "def", ""], application.Requests.Select(request => request.Body));
        Assert.Equal("a/b", application.Requests.First().Headers["Content-Type"]);
        Assert.Equal("3", application.Requests.First().Headers["Content-Length"]);
        Assert.Equal("0", application.Requests.Last().Headers["Content-Length"]);
        Assert.Equal(0, door.Journal.Last.Sequence);
    }

    [Fact]
    public async Task A_WebSocket_goes_through()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);
        using var socket = new ClientWebSocket();
        var cancellation = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{door.Port}/ws"), cancellation);

        await socket.SendAsync(Encoding.UTF8.GetBytes("echo"), WebSocketMessageType.Text, true, cancellation);

        var buffer = new byte[16];
        var message = await socket.ReceiveAsync(buffer, cancellation);
        Assert.Equal("echo", Encoding.UTF8.GetString(buffer, 0, message.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
    }

    [Fact]
    public async Task An_answer_is_streamed_as_it_comes()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);
        using var client = new HttpClient();
        using var response = await client.GetAsync($"http://127.0.0.1:{door.Port}/drip", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        var first = await lines.ReadLineAsync(TestContext.Current.CancellationToken);
        application.SecondLine.SetResult();
        var second = await lines.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("first", "second"), (first, second));
    }

    [Fact]
    public async Task A_redirect_and_its_cookies_are_the_clients()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);

        var answer = await door.AskAsync("GET /redirect HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((302, "/elsewhere", "a=1, b=2"), (answer.Status, answer["Location"], answer["Set-Cookie"]));
    }

    [Theory]
    [InlineData("/x", false)]
    [InlineData("/break", true)]
    public async Task An_application_that_does_not_answer_is_a_502(string path, bool isRunning)
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(isRunning ? application.Port : 1);

        var answer = await door.AskAsync($"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((502, "application/problem+json"), (answer.Status, answer["Content-Type"]));
        var problem = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal("urn:teechain:problem:application-unreachable", problem.GetProperty("type").GetString());
        Assert.False(problem.TryGetProperty("recorded", out _));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task What_may_not_be_safe_is_not_sent_twice_when_a_connection_closes(string method)
    {
        await using var application = new ClosingApplication();
        await using var door = await Door.OpenAsync(application.Port, options => options with { TeePaths = ["/api"] });
        var request = $"{method} /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";

        var first = await door.AskAsync(request);
        var second = await door.AskAsync(request);

        Assert.Equal((200, 502, 2), (first.Status, second.Status, application.Seen));
    }

    [Fact]
    public async Task Reads_are_served_by_a_stopping_node_whose_application_was_down()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);
        door.IsClosed = true;
        door.Health.ReportDown("was down");

        var answer = await door.AskAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task A_HEAD_is_passed_and_keeps_the_connection()
    {
        await using var application = await FakeApplication.StartAsync();
        await using var door = await Door.OpenAsync(application.Port);
        using var client = await door.ConnectAsync();

        await client.SendAsync("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var head = await client.ReceiveAsync(isHead: true);
        await client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(200, head.Status);
        Assert.Equal("read", (await client.ReceiveAsync()).Body);
    }
}
