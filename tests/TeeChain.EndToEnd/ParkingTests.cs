using System.Net.Http.Headers;
using System.Net.Http.Json;
using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd;

/// <summary>A write that one replica's application keeps refusing: set aside, shown, and dealt with by an operator.</summary>
public sealed class ParkingTests : IAsyncDisposable
{
    private const string Poison = "poison";

    private Fleet? _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SampleApp App => _fleet!.Apps[1];

    private TeeProxyNode Node => _fleet!.Nodes[1];

    public ValueTask DisposeAsync() => _fleet?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>By key only where there is time.</summary>
    public static TheoryData<string> Orders => Repository.IsAll ? ["--order total", "--order key --key form:user"] : ["--order total"];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_write_that_one_replica_refuses_is_parked_the_chain_goes_on_and_a_retry_brings_agreement(string order)
    {
        await StartAsync(order.Split(' '));
        await App.FailWritesAsync(500, Cancellation, Poison);
        Assert.Equal(201, (await OneWrite.RegisterAsync(_fleet!.Address, Poison, Cancellation, path: "/register?token=secret")).Status);

        var writes = (await Burst.WriteAsync(_fleet.Address, 50, Cancellation)).ToList();
        var parked = await ParkedAsync();

        Assert.Equal(("POST", "/register", 500, 201), (parked.Method, parked.Path, parked.Status, parked.HeadStatus));
        await Eventually.TrueAsync(async () => (await App.StateAsync(Cancellation)).Applied == 50, "the others' writes are applied", Cancellation);
        await Node.NoLongerReadyAsync("read", Cancellation);
        Assert.Contains("parked", await Node.NotReadyAsync("read", Cancellation), StringComparison.Ordinal);
        await _fleet.Nodes[2].ReadyAsync("read", Cancellation);
        await Eventually.TrueAsync(
            async () => (await _fleet.Head.StatusAsync(Cancellation)).Rows.Any(row => row.Detail?.Parked == 1), "the head knows", Cancellation);
        Assert.Equal("write " + parked.Sequence + " is parked", (await Node.StatusAtAsync(parked.Sequence, Cancellation)).Why);
        Assert.Contains("teechain_parked 1", await Loopback.Control.GetStringAsync(new Uri(Node.Admin, "/metrics"), Cancellation), StringComparison.Ordinal);

        Assert.Equal(409, await AdminAsync($"{parked.Sequence}/retry"));
        await Node.KillAsync(Cancellation);
        Node.Start();
        Assert.Equal(parked, await ParkedAsync());
        await App.FailWritesAsync(0, Cancellation);
        Assert.Equal(200, await AdminAsync($"{parked.Sequence}/retry"));
        Assert.Equal(404, await AdminAsync($"{parked.Sequence}/retry"));

        await _fleet.ReadyAsync(Cancellation);
        writes.Add(new ClientWrite(Poison, "register", Fate.Acknowledged, ""));
        await NextWriteAsync(writes);
        Assert.Single((await DigestsAsync()).Distinct());
        var logs = await Task.WhenAll(_fleet.Apps.Select(app => app.LogAsync(Cancellation)));
        Assert.All(logs, log => Assert.Equal(writes.Count, log.Applied.Count));
        Assert.True(logs[1].Applied.Single(write => write.User == Poison).Redelivery);
        var states = await Task.WhenAll(_fleet.Apps.Select(app => app.StateAsync(Cancellation)));
        Assert.Single(states.Select(state => state.Digest).Distinct());
        Assert.Equal(1, (await Node.StatusAsync(Cancellation)).Divergences);
    }

    [Trait(Repository.When, Repository.OnlyInAll)]
    [Fact]
    public async Task A_dropped_write_lets_the_node_serve_again_and_its_digest_differ()
    {
        await StartAsync();
        await App.FailWritesAsync(500, Cancellation, Poison);
        await OneWrite.RegisterAsync(_fleet!.Address, Poison, Cancellation);
        var parked = await ParkedAsync();

        Assert.Equal(200, await AdminAsync($"{parked.Sequence}/drop"));

        await _fleet.ReadyAsync(Cancellation);
        await NextWriteAsync([]);
        var digests = await DigestsAsync();
        Assert.Equal(digests[0], digests[2]);
        Assert.NotEqual(digests[0], digests[1]);
        Assert.Equal(0, (await Node.StatusAsync(Cancellation)).Parked);
    }

    [Fact]
    public async Task An_outage_parks_one_write_and_the_rest_is_delivered_when_it_is_over()
    {
        await StartAsync();
        await App.FailWritesAsync(503, Cancellation);

        var writes = await Burst.WriteAsync(_fleet!.Address, 50, Cancellation);
        var parked = await ParkedAsync();
        await Eventually.TrueAsync(
            async () => (await Node.StatusAsync(Cancellation)).Problems.Any(problem => problem.Verdict == "Outage"), "the node says that it waits", Cancellation);
        Assert.Equal(1, (await Node.StatusAsync(Cancellation)).Parked);

        await App.FailWritesAsync(0, Cancellation);
        await Agreement.SettledAsync(_fleet.Nodes, Cancellation);
        Assert.Equal(parked, await ParkedAsync());
        Assert.Equal(200, await AdminAsync($"{parked.Sequence}/retry"));

        await _fleet.ReadyAsync(Cancellation);
        var logs = await Task.WhenAll(_fleet.Apps.Select(app => app.LogAsync(Cancellation)));
        Assert.All(logs, log => Assert.Equal(writes.Count, log.Applied.Count));
        Assert.Equal(parked.Sequence, logs[1].Applied[^1].Sequence);
    }

    private async Task StartAsync(params string[] order) => _fleet = await Fleet.StartAsync(
        new FleetPlan { Adjust = (_, flags) => flags with { Others = ["--park-after", "1s", .. order] } }, Cancellation);

    private async Task<ParkedStatus> ParkedAsync()
    {
        await Eventually.TrueAsync(async () => (await Node.StatusAsync(Cancellation)).Parked == 1, "one write is parked", Cancellation, () => Node.Description);
        var listed = await Loopback.Control.GetFromJsonAsync(new Uri(Node.Admin, "/admin/parked"), ProtocolJson.Default.ParkedStatusArray, Cancellation);
        Assert.Equal(listed, (await Node.StatusAsync(Cancellation)).ParkedWrites);
        return Assert.Single(listed!);
    }

    private async Task<int> AdminAsync(string what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Node.Admin, $"/admin/parked/{what}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Node.Flags.SecretFile!, Cancellation)).Trim());
        using var answer = await Loopback.Control.SendAsync(request, Cancellation);
        return (int)answer.StatusCode;
    }

    /// <summary>A digest is remembered from a node's start, or its last difference, on: there must be something behind.</summary>
    private async Task NextWriteAsync(List<ClientWrite> writes) => writes.AddRange(await Burst.WriteAsync(_fleet!.Address, 10, Cancellation));

    private async Task<string[]> DigestsAsync()
    {
        var sequence = await Agreement.SettledAsync(_fleet!.Nodes, Cancellation);
        var answers = await Task.WhenAll(_fleet.Nodes.Select(node => node.StatusAtAsync(sequence, Cancellation)));
        Assert.All(answers, answer => Assert.True(answer.Available, answer.Why));
        return [.. answers.Select(answer => answer.DeliveredDigest!)];
    }
}
