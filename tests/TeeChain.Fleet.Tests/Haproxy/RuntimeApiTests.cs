using System.Net;
using System.Net.Sockets;
using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class RuntimeApiTests : IAsyncDisposable
{
    private readonly RealHaproxy _haproxy = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _haproxy.DisposeAsync();

    [Fact]
    public async Task HAProxy_answers_and_refuses_in_its_own_words()
    {
        await _haproxy.StartAsync(FleetView.Empty);

        Assert.Equal("No such server.", await SayAsync("set server reads/none state ready"));
        Assert.Equal("New server registered.", await SayAsync("add server reads/a 127.0.0.1:1 port 1 check"));
        Assert.Equal("", await SayAsync("enable health reads/a"));
        Assert.Equal("No such backend.", await SayAsync("add server none/a 127.0.0.1:1"));
        Assert.StartsWith("unknown keyword 'frob'", await SayAsync("add server reads/b 127.0.0.1:1 frob"), StringComparison.Ordinal);
        Assert.StartsWith("Unknown command", await SayAsync("frob"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_process_tells_all_about_itself()
    {
        await _haproxy.StartAsync(new FleetView(1, [new Worker("a", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", WorkerState.Present)]));

        var now = await _haproxy.LookAsync();

        Assert.Subset(now.Backends.ToHashSet(), Backends.All.ToHashSet());
        Assert.Equal(Backends.All.Order(), now.Servers.Select(server => server.Id.Backend).Order());
        Assert.Equal((1, 3), now.Servers.Single(server => server.Id == new ServerId("reads", "a")) is var a ? (a.Port, a.CheckPort) : default);
        Assert.Equal(4, now.Counts.Count);
    }

    [Fact]
    public async Task A_socket_may_be_an_address()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var api = new RuntimeApi($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", RuntimeApi.DefaultTimeout, TimeProvider.System);

        var asked = api.AskAsync(["show info"], Cancellation);
        using (var connection = await listener.AcceptSocketAsync(Cancellation))
        {
            var command = new byte[100];
            Assert.Equal("show info\n"u8.Length, await connection.ReceiveAsync(command, Cancellation));
            await connection.SendAsync("Pid: 1\n\n"u8.ToArray(), Cancellation);
        }

        Assert.Equal("Pid: 1", Assert.Single(Assert.IsType<RuntimeAnswer.Said>(await asked).Answers));
    }

    [Fact]
    public async Task Who_does_not_answer_is_not_waited_for()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var api = new RuntimeApi($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", TimeSpan.FromMilliseconds(50), TimeProvider.System);

        Assert.Contains("did not answer", Assert.IsType<RuntimeAnswer.Failed>(await api.AskAsync(["show info"], Cancellation)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/socket")]
    [InlineData("127.0.0.1:1")]
    public async Task A_socket_that_is_not_there_is_named(string address)
    {
        var api = new RuntimeApi(address, RuntimeApi.DefaultTimeout, TimeProvider.System);

        Assert.StartsWith(address, Assert.IsType<RuntimeAnswer.Failed>(await api.AskAsync(["show info"], Cancellation)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show info;disable frontend http")]
    [InlineData("show info\ndisable frontend http")]
    [InlineData("a\\b")]
    [InlineData("")]
    public async Task Two_commands_never_pass_for_one(string command) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _haproxy.Api.AskAsync([command], Cancellation));

    private async Task<string> SayAsync(string command) => Assert.Single(Assert.IsType<RuntimeAnswer.Said>(await _haproxy.Api.AskAsync([command], Cancellation)).Answers);
}
