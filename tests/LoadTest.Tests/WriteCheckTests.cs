using System.Text.Json;
using LoadTest.Checks;
using LoadTest.Requests;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace LoadTest.Tests;

public sealed class WriteCheckTests : IAsyncDisposable
{
    private const long Last = 110;

    private readonly FleetReader _fleet = new("");
    private readonly List<RawServer> _servers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _fleet.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nodes_that_agree_pass_and_the_applications_without_a_log_are_told()
    {
        var check = Check(Node(Last), Node(Last));

        Assert.Null(await check.BeginAsync(Cancellation));
        var result = await check.EndAsync(new WriteLedger(), "s1-", isOrderedByUser: false, Cancellation);

        Assert.Empty(result.Problems);
        Assert.Equal(["2 nodes hold and delivered the same up to record 110", "no application has a /state/log: writes were not compared one by one"], result.Said);
    }

    [Fact]
    public async Task A_node_that_stays_behind_is_named_and_the_others_are_compared_as_far_as_it_is()
    {
        var (whole, late) = (Node(Last), Node(100));
        var check = Check(whole, late);

        await check.BeginAsync(Cancellation);
        var result = await check.EndAsync(new WriteLedger(), "s1-", isOrderedByUser: false, Cancellation);

        Assert.Equal($"behind: {late} has applied up to 100 of 110 after 0 s", Assert.Single(result.Problems));
        Assert.Contains("2 nodes hold and delivered the same up to record 100", result.Said);
    }

    [Fact]
    public async Task A_node_that_is_gone_by_the_end_is_named_once()
    {
        var (whole, gone) = (Node(Last), Node(Last));
        var check = Check(whole, gone);

        await check.BeginAsync(Cancellation);
        await _servers[1].DisposeAsync();
        var result = await check.EndAsync(new WriteLedger(), "s1-", isOrderedByUser: false, Cancellation);

        Assert.Contains($"http://{gone}/status could not be asked", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_be_asked_in_the_beginning_is_named()
    {
        var gone = Node(Last);
        await _servers[0].DisposeAsync();

        Assert.Contains($"{gone}", await Check(gone).BeginAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_nodes_it_says_that_nothing_was_checked()
    {
        var check = Check();

        Assert.Null(await check.BeginAsync(Cancellation));
        var result = await check.EndAsync(new WriteLedger(), "s1-", isOrderedByUser: false, Cancellation);

        Assert.Equal(["writes were not checked: no node is named"], result.Said);
        Assert.Empty(result.Problems);
    }

    private WriteCheck Check(params Address[] nodes) => new(_fleet, nodes, TimeProvider.System, patience: TimeSpan.Zero);

    /// <summary>A node, which is its own application too, and one that is not the sample application.</summary>
    private Address Node(long applied)
    {
        RawServer? server = null;
        server = new RawServer(path => path switch
        {
            "/status" => RawServer.Ok(JsonSerializer.Serialize(SampleStatus.Of(Last, applied, $"127.0.0.1:{server!.Port}"), ProtocolJson.Default.NodeStatus)),
            _ when path.StartsWith("/status?at=", StringComparison.Ordinal) => RawServer.Ok(JsonSerializer.Serialize(new StatusAt(applied, true, applied, "c0de", "d1ce", null), ProtocolJson.Default.StatusAt)),
            _ => RawServer.NotFound,
        });
        _servers.Add(server);
        return new Address("127.0.0.1", server.Port);
    }
}
