using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TeeChain.Fleet.Strategies;

namespace TeeChain.Fleet.Tests.Gateway;

public sealed class HygieneTests
{
    private static readonly string[] All = [FakeWorker.Read, FakeWorker.Stale, FakeWorker.Head];

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task What_speaks_for_TeeChain_goes_no_further(string method)
    {
        await using var door = await OpenAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");
        request.Headers.Add("TeeChain-Sequence", "1");
        request.Headers.Add("teechain-stale", "1");
        request.Headers.Add("TeeChain_Chain", "x");
        request.Headers.Add("TeeChains", "kept");

        var head = await HeadAsync(door, request);

        Assert.DoesNotContain(head, line => line.StartsWith("teechain-", StringComparison.OrdinalIgnoreCase) || line.StartsWith("teechain_", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("TeeChains: kept", head);
    }

    [Fact]
    public async Task Where_a_request_came_from_is_said_and_cannot_be_forged()
    {
        await using var door = await OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-For", "10.1.1.1");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Host = "shop.example:8080";

        var head = await HeadAsync(door, request);

        Assert.Contains("X-Forwarded-For: 10.1.1.1, 127.0.0.1", head);
        Assert.Contains("X-Forwarded-Proto: http", head);
        Assert.Contains("Host: shop.example:8080", head);
    }

    [Fact]
    public async Task Bytes_that_are_no_ascii_go_through_as_they_came()
    {
        await using var door = await OpenAsync();

        var answer = await RawAsync(door, "GET / HTTP/1.1\r\nHost: x\r\nX-Name: caf\u00e9\r\nConnection: close\r\n\r\n");

        Assert.Contains("X-Name: caf\u00e9", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a%2Fb/../c%20d?x=%41&y")]
    [InlineData("/A/./b//c")]
    [InlineData("/%7Euser?q=a+b")]
    public async Task The_target_goes_through_as_it_was_sent(string target)
    {
        await using var door = await OpenAsync();

        var answer = await RawAsync(door, $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Contains($"GET {target}\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("teechain/1")]
    [InlineData("websocket, TeeChain/1")]
    [InlineData("TEECHAIN")]
    public async Task The_hop_is_not_for_clients(string protocols)
    {
        await using var door = await OpenAsync();

        var answer = await RawAsync(door, $"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocols}\r\n\r\n", static answer => answer.Length > 0);

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.All(door.Workers[0].Reads, read => Assert.Equal("GET /ready", read));
    }

    [Theory]
    [InlineData("teechain/1", 403)]
    [InlineData("connect-udp", 400)]
    public async Task Nor_over_http2(string protocol, int status)
    {
        await using var door = await FrontDoor.OpenAsync(Strategy.Default, HttpProtocols.Http2, null, All);
        using var request = new HttpRequestMessage(HttpMethod.Connect, door.Url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Protocol = protocol },
        };

        using var answer = await new HttpMessageInvoker(new SocketsHttpHandler()).SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(door.Workers[0].Reads);
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("CONNECT a.example:443 HTTP/1.1")]
    public async Task What_names_no_resource_is_refused(string line)
    {
        await using var door = await OpenAsync();

        var answer = await RawAsync(door, $"{line}\r\nHost: a.example:443\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSockets_go_through()
    {
        await using var door = await OpenAsync();
        door.Workers[0].OnRead = EchoAsync;
        using var client = new ClientWebSocket();
        door.Counts.Drain();

        await client.ConnectAsync(new UriBuilder(door.Url) { Scheme = "ws", Path = "/chat" }.Uri, TestContext.Current.CancellationToken);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        var buffer = new byte[16];
        var echo = await client.ReceiveAsync(buffer, TestContext.Current.CancellationToken);

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, echo.Count));
        Assert.Empty(door.Counts.Drain());
    }

    [Fact]
    public async Task A_stop_ends_tunnels_and_finishes_requests()
    {
        await using var door = await OpenAsync();
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        door.Workers[0].OnRead = async context =>
        {
            if (context.Request.Path == "/chat")
            {
                await EchoAsync(context);
                return;
            }

            arrived.SetResult();
            await go.Task;
            await context.Response.WriteAsync("finished");
        };
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(door.Url) { Scheme = "ws", Path = "/chat" }.Uri, TestContext.Current.CancellationToken);
        var slow = door.SendAsync(HttpMethod.Get, "/slow");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var stopped = door.StopAsync();
        var cut = client.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => cut);
        go.SetResult();

        Assert.Equal("finished", (await slow).Body);
        await stopped.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Large_bodies_are_streamed(bool isChunked)
    {
        const int Bytes = 40 << 20; // more than Kestrel's own limit
        await using var door = await OpenAsync();
        long received = 0;
        door.Workers[0].OnRead = async context =>
        {
            var buffer = new byte[64 << 10];
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and var count)
            {
                received += count;
            }

            await context.Response.WriteAsync("took it");
        };
        var content = new StreamContent(new MemoryStream(new byte[Bytes]));
        content.Headers.ContentLength = isChunked ? null : Bytes;
        using var request = new HttpRequestMessage(new HttpMethod("REPORT"), "/") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;

        using var answer = await door.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Bytes, received);
    }

    [Fact]
    public async Task A_body_that_the_teeproxy_refuses_is_refused_with_its_words()
    {
        await using var door = await OpenAsync();
        await using var small = await new FakeServer(context =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            context.Response.Headers.Connection = "close";
            return context.Response.WriteAsync("too long");
        }).StartAsync();
        door.Fleet.Set(door.Workers[0].As() with { Teeproxy = small.Address });
        await door.UntilAsync((answer, _) => answer.StatusCode == HttpStatusCode.RequestEntityTooLarge, "it takes writes", HttpMethod.Post);

        for (var i = 0; i < 10; i++)
        {
            using var client = new HttpClient { BaseAddress = door.Url };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(new byte[20 << 20]) };
            request.Headers.ExpectContinue = i % 2 == 0;
            using var answer = await SendOrBreakAsync(client, request);

            // A client that does not ask first may be cut off while it still sends.
            Assert.True(answer is null ? i % 2 == 1 : answer.StatusCode == HttpStatusCode.RequestEntityTooLarge, $"{answer?.StatusCode}");
        }
    }

    [Fact]
    public async Task The_fleets_own_paths_are_answered_here_and_no_other()
    {
        var own = new Fleet.Gateway.OwnPaths(new HashSet<string> { "/workers" }, context => context.Response.WriteAsync("own"));
        await using var door = await FrontDoor.OpenAsync(Strategy.Default, HttpProtocols.Http1, own, All);
        await door.UntilAsync((answer, body) => body == "worker1", "it is ready");

        Assert.Equal("own", (await door.SendAsync(HttpMethod.Get, "/workers")).Body);
        Assert.Equal("worker1", (await door.SendAsync(HttpMethod.Get, "/Workers")).Body);
        Assert.Equal("worker1", (await door.SendAsync(HttpMethod.Get, "/workers/1")).Body);
    }

    private static async Task<HttpResponseMessage?> SendOrBreakAsync(HttpClient client, HttpRequestMessage request)
    {
        try
        {
            return await client.SendAsync(request, TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>One worker that takes all, and answers with the head that it got.</summary>
    private static async Task<FrontDoor> OpenAsync()
    {
        var door = await FrontDoor.OpenAsync(All);
        await door.UntilAsync((answer, _) => answer.IsSuccessStatusCode, "reads are answered", path: "/ready");
        await door.UntilAsync((answer, _) => answer.IsSuccessStatusCode, "writes are answered", HttpMethod.Post, "/ready");
        door.Workers[0].OnRead = door.Workers[0].OnWrite = static context => context.Response.WriteAsync(
            $"{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}\n"
            + string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}")), Encoding.Latin1);
        return door;
    }

    private static async Task<string[]> HeadAsync(FrontDoor door, HttpRequestMessage request)
    {
        using var answer = await door.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
    }

    private static Task<string> RawAsync(FrontDoor door, string request) => RawAsync(door, request, static _ => false);

    private static async Task<string> RawAsync(FrontDoor door, string request, Func<string, bool> isEnough)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(door.Url.Host, door.Url.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!isEnough(answer.ToString()) && await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: WebSocketMessageType.Text } got)
            {
                await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone.
        }
    }
}
