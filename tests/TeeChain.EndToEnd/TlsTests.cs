using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>A chain of three whose nodes show each other certificates, behind an HAProxy that speaks HTTPS to clients and to nodes.</summary>
public sealed class TlsTests(TlsTests.Chain chain) : IClassFixture<TlsTests.Chain>, IDisposable
{
    private readonly TestFolder _folder = new();
    /// <summary>Node 2 is killed once.</summary>
    private static readonly int[] MostDiscarded = [0, 1, 0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The chain that all tests here share.</summary>
    public sealed class Chain : IAsyncLifetime
    {
        internal Fleet Fleet { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Fleet = await Fleet.StartAsync(new FleetPlan { HasFront = true, HasTls = true }, CancellationToken.None);

        public ValueTask DisposeAsync() => Fleet.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Writes_arrive_everywhere_and_nobody_without_the_authoritys_certificate_opens_the_hop()
    {
        var fleet = chain.Fleet;
        using var load = new Load(fleet.Address, connections: 4) { IsRetrying = false };

        var writes = await load.WriteAsync(40, Cancellation);

        Assert.All(writes, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        (await Agreement.ReadAsync(fleet.Nodes, fleet.Apps, Cancellation)).AssertHolds(writes, MostDiscarded);
        var verified = await TeeChainAsync("verify", "--tls-ca", fleet.Certificates!.Authority);
        Assert.True(verified.Code == 0, verified.Output);
        var untrusted = await TeeChainAsync("status");
        Assert.True(untrusted.Code == 1 && untrusted.Output.Contains("could not be asked", StringComparison.Ordinal), untrusted.Output);

        var foreign = await TestCertificates.MakeAsync(_folder.File("foreign"), ["node1"], Cancellation);
        Assert.Equal((HttpStatusCode.Forbidden, "came without a certificate"), await OpenHopAsync(null, "came without a certificate"));
        Assert.Equal((HttpStatusCode.Forbidden, "does not vouch"), await OpenHopAsync(foreign.Of("node1"), "does not vouch"));
        Assert.Equal((HttpStatusCode.SwitchingProtocols, ""), await OpenHopAsync(fleet.Certificates.Of("node1"), ""));
        var plain = new UriBuilder(fleet.Head.Address) { Scheme = "http" }.Uri;
        await Assert.ThrowsAsync<HttpRequestException>(() => Loopback.Control.GetAsync(plain, Cancellation));
    }

    [Fact]
    public async Task Certificates_are_replaced_under_load_without_a_failed_request()
    {
        var fleet = chain.Fleet;
        var before = await Task.WhenAll(fleet.Nodes.Select(ShownByAsync));
        using var writers = new Load(fleet.Address, connections: 2) { IsRetrying = false, Pause = TimeSpan.FromMilliseconds(50) };
        using var readers = Clients.Readers(fleet.Address);
        var writes = writers.StartWrites(1, Cancellation);
        var reads = readers.StartReads(null, Cancellation);
        await writes.MoreAcknowledgedAsync(5);

        foreach (var node in fleet.Nodes)
        {
            await fleet.Certificates!.RenewAsync(node.Name, Cancellation);
            node.Process.Send(Signal.HangUp);
        }

        foreach (var (node, old) in fleet.Nodes.Zip(before))
        {
            await Eventually.TrueAsync(async () => await ShownByAsync(node) != old, $"{node.Name} shows its new certificate", Cancellation, () => node.Description);
        }

        await writes.MoreAcknowledgedAsync(5);
        await reads.MoreDoneAsync(20);
        await reads.CompleteAsync();
        var done = await writes.CompleteAsync();
        Assert.All(done, write => Assert.Equal(Fate.Acknowledged, write.Fate));
        Assert.Empty(reads.Failures);

        // The hop too: whoever dials anew shows the new one to the others.
        await fleet.Nodes[1].KillAsync(Cancellation);
        fleet.Nodes[1].Start();
        await fleet.ReadyAsync(Cancellation);
        (await Agreement.ReadAsync(fleet.Nodes, fleet.Apps, Cancellation)).AssertHolds(done, MostDiscarded);
        Assert.All(fleet.Nodes, node => Assert.DoesNotContain("stays as it was", node.Log, StringComparison.Ordinal));
    }

    private async Task<(int Code, string Output)> TeeChainAsync(string verb, params string[] flags)
    {
        await using var process = RealProcess.Start(
            Repository.TeeChain, [verb, .. chain.Fleet.Nodes.Select(node => $"{node.Admin}"), .. flags], _folder.File($"{verb}.log"));
        return (await process.WaitExitAsync(Cancellation), process.Log);
    }

    /// <returns>The answer's status, and what was looked for in its text if it is there.</returns>
    private async Task<(HttpStatusCode Status, string Found)> OpenHopAsync(NodeTls? certificate, string lookFor)
    {
        using var handler = Loopback.Handler(connections: 1);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate.Certificate, certificate.Key), null, offline: true);
        }

        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(chain.Fleet.Nodes[1].Address, "/.teechain/hop"));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "teechain/1");
        using var answer = await client.SendAsync(request, Cancellation);
        var text = answer.StatusCode == HttpStatusCode.SwitchingProtocols ? "" : await answer.Content.ReadAsStringAsync(Cancellation);
        return (answer.StatusCode, text.Contains(lookFor, StringComparison.Ordinal) ? lookFor : text);
    }

    private static Task<string> ShownByAsync(TeeProxyNode node) => TestCertificates.ShownAtAsync(new Uri(node.Admin, "/livez"), Cancellation);
}
