using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary><c>teechain haproxy</c>: nodes that announce themselves come and go, and a real HAProxy follows.</summary>
public sealed class HaproxyKeeperTests : IAsyncLifetime
{
    private const int Nodes = 3;

    private readonly Workshop _workshop = new();
    private readonly List<SampleApp> _apps = [];
    private readonly List<TeeProxyNode> _nodes = [];
    private Network? _network;
    private HaProxy _front = null!;
    private RealProcess _keeper = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _workshop.DisposeAsync();
        _network?.Dispose();
    }

    /// <summary>On one machine only where there is time, or nothing else is allowed.</summary>
    public static TheoryData<bool> Places => Repository.IsAll || !Network.IsAllowed() ? [false, true] : [true];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task HAProxy_follows_nodes_that_come_and_go_and_nothing_is_lost(bool isOverHosts)
    {
        Build(isOverHosts);
        StartNode(0);
        await ServesAsync(0);
        StartNode(1);
        await ServesAsync(0, 1);
        using var writers = Clients.Writers(_front.Address);
        using var readers = Clients.Readers(_front.Address);
        var writes = writers.StartWrites(100, Cancellation);
        await writes.MoreAcknowledgedAsync(10);
        await ServesAsync(0, 1); // Behind the first write the chain is founded.

        // A node comes, one goes, and comes back: no read fails.
        var reads = readers.StartReads(null, Cancellation);
        StartNode(2);
        await ServesAsync(0, 1, 2);
        await writes.MoreAcknowledgedAsync(20);
        _nodes[1].Process.Send(Signal.Terminate);
        Assert.Equal(0, await _nodes[1].Process.WaitExitAsync(Cancellation));
        await ServesAsync(0, 2);
        await writes.MoreAcknowledgedAsync(20);
        _nodes[1].Start();
        await ServesAsync(0, 1, 2);
        await reads.MoreDoneAsync(20);
        await reads.CompleteAsync();

        // HAProxy forgets; it is told again, by a keeper that a SIGHUP does not end.
        _keeper.Send(Signal.HangUp);
        await _front.Process.KillAsync(Cancellation);
        _front.Start();
        await ServesAsync(0, 1, 2);
        await writes.MoreAcknowledgedAsync(20);

        var done = await writes.CompleteAsync();
        _keeper.Send(Signal.Terminate);
        Assert.Equal(0, await _keeper.WaitExitAsync(Cancellation));
        Assert.Empty(reads.Failures);
        Assert.Equal(Nodes, reads.Bodies.Count);
        (await Agreement.ReadAsync(_nodes, _apps, Cancellation)).AssertHolds(done, mostDiscarded: [1, 1, 1]);
        var verified = await _workshop.RunAsync("verify", Repository.TeeChain, ["verify", .. _nodes.Select(node => node.Admin.Authority), "--secret-file", _workshop.SecretFile], Cancellation);
        Assert.True(verified.Code == 0, verified.Output);
    }

    /// <summary>Registry, HAProxy and its keeper run here; nodes and applications are made, and not started.</summary>
    private void Build(bool isOverHosts)
    {
        _network = isOverHosts ? Network.Create(Nodes) : null;
        var here = _network?.Here ?? Machine.This;
        var registry = $"{here.Address}:{_workshop.Ports.Next()}";
        _workshop.Start(
            "registry", Repository.TeeChain,
            ["gateway", "--registry", "--registry-listen", registry, "--listen", $":{_workshop.Ports.Next()}", "--data", _workshop.Path("registry"), "--secret-file", _workshop.SecretFile]);

        // Its three nodes are nobody: one is put out of service for another name, one moves to where the fleet has it.
        _front = _workshop.Keep(new HaProxy(_workshop.Path("."), _workshop.Ports, []));
        _front.Start();
        _keeper = _workshop.Start("keeper", Repository.TeeChain, ["haproxy", "--registry", $"http://{registry}", "--socket", _front.Socket, "--secret-file", _workshop.SecretFile]);

        for (var i = 0; i < Nodes; i++)
        {
            var machine = _network?.Hosts[i] ?? Machine.This;
            var app = _workshop.Keep(new SampleApp($"app{i + 1}", _workshop.Ports.Next(), _workshop.Path(".")) { Machine = machine });
            var flags = new NodeFlags
            {
                Machine = machine,
                Listen = _workshop.Ports.Next(),
                Admin = _workshop.Ports.Next(),
                Local = app.Port,
                Data = _workshop.Path($"node{i + 1}.journal"),
                SecretFile = _workshop.SecretFile,
                Others = ["--register", $"http://{registry}", "--name", $"node{i + 1}"],
            };
            _apps.Add(app);
            _nodes.Add(_workshop.Keep(new TeeProxyNode($"node{i + 1}", flags, _workshop.Path("."))));
        }
    }

    private void StartNode(int number)
    {
        _apps[number].Start();
        _nodes[number].Start();
    }

    /// <summary>Waits until HAProxy reads from these nodes and no others, and has somebody for writes.</summary>
    private Task ServesAsync(params int[] numbers) => Eventually.NothingWrongAsync(
        async () =>
        {
            var up = (await _front.StatsAsync(Cancellation)).Where(row => row is { IsServer: true, IsUp: true }).ToLookup(row => row.Proxy, row => row.Server);
            var wanted = numbers.Select(number => _nodes[number].Name).ToList();
            return up["reads"].Order().SequenceEqual(wanted) && (up["writes"].Count() == 1 || up["writes_first"].Count() == 1)
                ? null
                : $"reads: {string.Join(", ", up["reads"])}; writes: {string.Join(", ", up["writes"].Concat(up["writes_first"]))}\n"
                    + string.Join("\n", Directory.GetFiles(_workshop.Path("."), "*.log").Select(log => $"{Path.GetFileName(log)}:\n{string.Join('\n', File.ReadLines(log).TakeLast(8))}"));
        },
        $"HAProxy reads from {string.Join(", ", numbers.Select(number => _nodes[number].Name))}", Cancellation);
}
