using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>The clients that people have: Apache Bench, curl, WebSockets.</summary>
public sealed class ClientTests(ClientTests.Chain chain) : IClassFixture<ClientTests.Chain>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Fleet Fleet => chain.Fleet;

    /// <summary>One chain for all of them, and a workshop for their files.</summary>
    public sealed class Chain : IAsyncLifetime
    {
        internal Fleet Fleet { get; private set; } = null!;

        internal Workshop Workshop { get; } = new();

        // Patient: a large body takes its time on a slow machine, and that is not what this is about.
        public async ValueTask InitializeAsync() => Fleet = await Fleet.StartAsync(
            new FleetPlan { Adjust = (_, flags) => flags with { AppTimeout = TimeSpan.FromSeconds(60), AckTimeout = TimeSpan.FromSeconds(90) } },
            TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            await Fleet.DisposeAsync();
            await Workshop.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("ab-close")]
    [InlineData("ab-keep-alive", "-k")]
    public async Task Apache_bench_gets_every_write_through(string user, params string[] flags)
    {
        const int Requests = 500;
        Assert.Equal(201, (await OneWrite.RegisterAsync(Fleet.Address, user, Cancellation)).Status);
        var form = chain.Workshop.Path($"{user}.form");
        await File.WriteAllTextAsync(form, $"user={user}&password=changed", Cancellation);

        var (code, output) = await chain.Workshop.RunAsync(
            user, "ab",
            [.. flags, "-q", "-l", "-c", "16", "-n", $"{Requests}", "-p", form, "-T", "application/x-www-form-urlencoded", $"{Fleet.Address}changePassword"],
            Cancellation);

        Assert.True(code == 0, output);
        Assert.Equal((Requests, 0, 0), (Number("Complete requests"), Number("Failed requests"), Number("Non-2xx responses")));
        Assert.Equal(flags.Length == 0 ? 0 : Requests, Number("Keep-Alive requests"));
        await Agreement.SettledAsync(Fleet.Nodes, Cancellation);
        foreach (var app in Fleet.Apps)
        {
            var versions = (await app.LogAsync(Cancellation)).Applied.Where(write => write.User == user).Select(write => write.Version);
            Assert.Equal(Enumerable.Range(1, Requests + 1).Select(version => (long)version), versions);
        }

        int Number(string name) => Regex.Match(output, $@"{name}:\s+(\d+)") is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [Theory]
    [InlineData("ab-reads-close")]
    [InlineData("ab-reads-keep-alive", "-k")]
    public async Task Apache_bench_reads(string name, params string[] flags)
    {
        var (code, output) = await chain.Workshop.RunAsync(name, "ab", [.. flags, "-q", "-c", "16", "-n", "500", $"{Fleet.Address}"], Cancellation);

        Assert.True(code == 0, output);
        Assert.Matches(@"Complete requests:\s+500\n", output);
        Assert.Matches(@"Failed requests:\s+0\n", output);
        Assert.DoesNotContain("Non-2xx", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("curl-plain")]
    [InlineData("curl-1.0", "--http1.0")]
    [InlineData("curl-chunked", "-H", "Transfer-Encoding: chunked")]
    public async Task Curl_writes(string user, params string[] flags)
    {
        var (code, output) = await chain.Workshop.RunAsync(
            user, "curl", ["-sS", "--noproxy", "*", .. flags, "-d", $"user={user}&password=pass", "-w", " %{http_code}", $"{Fleet.Address}register"], Cancellation);

        Assert.Equal((0, $"{{\"user\":\"{user}\",\"version\":1}} 201"), (code, output));
        await AssertEverywhereAsync(user);
    }

    [Fact]
    public async Task Curl_waits_for_100_continue_before_it_uploads_thirty_megabytes_that_reach_all_and_fill_no_memory()
    {
        const string User = "curl-continue";
        var form = chain.Workshop.Path("curl-continue.form");
        await File.WriteAllTextAsync(form, $"user={User}&password={new string('c', 30_000_000)}", Cancellation);

        var (code, output) = await chain.Workshop.RunAsync(
            User, "curl", ["-sSv", "--noproxy", "*", "--expect100-timeout", "60", "--data-binary", $"@{form}", $"{Fleet.Address}register"], Cancellation);

        Assert.True(code == 0, output);
        Assert.Contains("> Expect: 100-continue", output, StringComparison.Ordinal);
        Assert.Contains("< HTTP/1.1 100 Continue", output, StringComparison.Ordinal);
        Assert.Contains("< HTTP/1.1 201 Created", output, StringComparison.Ordinal);
        await AssertEverywhereAsync(User);
        Assert.All(Fleet.Nodes, node => node.Process.AssertMemoryBelow(kilobytes: 150 << 10));
    }

    [Fact]
    public async Task A_websocket_goes_through_to_the_application()
    {
        await using var workshop = new Workshop();
        var port = workshop.Ports.Next();
        workshop.Keep(new EchoApplication(port));
        var node = workshop.Node(port);
        node.Start();
        await node.ReadyAsync("read", Cancellation);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("echo");
        socket.Options.Proxy = null;
        await socket.ConnectAsync(new UriBuilder(node.Address) { Scheme = "ws", Path = "/echo" }.Uri, Cancellation);

        Assert.Equal("echo", socket.SubProtocol);
        foreach (var length in (int[])[1, 125, 126, 65_535, 65_536, 1_000_000])
        {
            var text = new string((char)('a' + (length % 26)), length);
            var sending = socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
            Assert.Equal(text, await ReceiveAsync(socket));
            await sending;
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "goodbye", Cancellation);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Equal(0, (await node.StatusAsync(Cancellation)).LastSequence);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[16 << 10]);
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer, Cancellation);
            text.Append(Encoding.ASCII.GetString(buffer, 0, message.Count));
            if (message.EndOfMessage)
            {
                return text.ToString();
            }
        }
    }

    private async Task AssertEverywhereAsync(string user)
    {
        await Agreement.SettledAsync(Fleet.Nodes, Cancellation);
        foreach (var app in Fleet.Apps)
        {
            Assert.Single((await app.LogAsync(Cancellation)).Applied, write => write.User == user && write.Status == 201);
        }
    }
}
