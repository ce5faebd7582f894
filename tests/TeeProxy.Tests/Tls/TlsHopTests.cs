using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using TeeChain.Protocol.Tls;
using TeeProxy.Hop;
using TeeProxy.Tests.Hop;
using TeeProxy.Tls;

namespace TeeProxy.Tests.Tls;

/// <summary>The hop over TLS, between real Kestrels.</summary>
public sealed class TlsHopTests : IDisposable
{
    private readonly TemporaryFolder _headData = new();
    private readonly TemporaryFolder _nextData = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _foreign = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _foreign.Dispose();
        _authority.Dispose();
        _headData.Dispose();
        _nextData.Dispose();
    }

    [Fact]
    public async Task Entries_flow_between_nodes_that_vouch_for_each_other()
    {
        await using var next = await HopNode.StartAsync(_nextData, tls: _authority.Watch("next"));
        await using var head = await HopNode.StartAsync(_headData, hasNext: true, tls: _authority.Watch("head"));
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await head.FoundAsync();

        await head.AppendAsync(20, i => i * 10_000);

        await next.ReachesAsync(21);
    }

    [Fact]
    public async Task A_node_without_a_certificate_is_kept_out()
    {
        await using var next = await HopNode.StartAsync(_nextData, tls: _authority.Watch("next"));
        var head = TestAuthority.Watch(_authority.FilesOf("next", isMutual: false));

        var refusal = await RefusalAsync(new TlsConnector(Trusting(head)), next);

        Assert.Equal(HopRefusedException.Forbidden, refusal.Verdict);
        Assert.Contains("came without a certificate", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_with_a_foreign_certificate_is_kept_out()
    {
        await using var next = await HopNode.StartAsync(_nextData, tls: _authority.Watch("next"));

        // It trusts this authority, but is of another.
        var both = _authority.Path("both.pem");
        await File.WriteAllTextAsync(both, await File.ReadAllTextAsync(_authority.Path("ca.pem"), Cancellation) + await File.ReadAllTextAsync(_foreign.Path("ca.pem"), Cancellation), Cancellation);
        var refusal = await RefusalAsync(new TlsConnector(_foreign.Watch("stranger", authorities: both)), next);

        Assert.Equal(HopRefusedException.Forbidden, refusal.Verdict);
        Assert.Contains("came with the certificate of \"CN=stranger\", for which --tls-ca does not vouch (PartialChain)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_for_which_nobody_vouches_is_not_spoken_to()
    {
        await using var next = await HopNode.StartAsync(_nextData, tls: _foreign.Watch("next"));

        var refusal = await RefusalAsync(new TlsConnector(_authority.Watch("head")), next);

        Assert.Equal(HopRefusedException.Untrusted, refusal.Verdict);
        Assert.Contains("PartialChain", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("node2.example")]
    public async Task A_certificate_for_another_name_is_not_believed(string host)
    {
        await using var next = await HopNode.StartAsync(_nextData, tls: _authority.Watch("next", host));

        var refusal = await RefusalAsync(new TlsConnector(_authority.Watch("head")), next);

        Assert.Equal(HopRefusedException.Untrusted, refusal.Verdict);
        Assert.Contains("NameMismatch", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_speaks_no_TLS_is_named()
    {
        await using var next = await HopNode.StartAsync(_nextData);

        var refusal = await RefusalAsync(new TlsConnector(_authority.Watch("head")), next);

        Assert.Equal(HopRefusedException.Untrusted, refusal.Verdict);
        Assert.Contains($"does not speak TLS with {next.Address}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_TLS_does_not_get_in()
    {
        await using var next = await HopNode.StartAsync(_nextData, tls: _authority.Watch("next"));
        using var dialer = new HopDialer();

        await Assert.ThrowsAsync<HttpRequestException>(() => dialer.DialAsync(next.Address, Cancellation));
    }

    [Fact]
    public async Task Each_handshake_shows_the_certificate_of_its_moment_and_streams_go_on()
    {
        var (nextTls, headTls) = (_authority.Watch("next"), _authority.Watch("head"));
        await using var next = await HopNode.StartAsync(_nextData, tls: nextTls);
        await using var head = await HopNode.StartAsync(_headData, hasNext: true, tls: headTls);
        await using var running = new RunningLink(head.LinkTo(next.Address));
        await head.FoundAsync();
        await next.ReachesAsync(1);
        var before = await ShownByAsync(next);

        // Both go over to another authority: one after the other, by way of files that hold both.
        var both = await File.ReadAllTextAsync(_authority.Path("ca.pem"), Cancellation) + await File.ReadAllTextAsync(_foreign.Path("ca.pem"), Cancellation);
        await File.WriteAllTextAsync(_authority.Path("ca.pem"), both, Cancellation);
        await nextTls.StepAsync(Cancellation);
        await headTls.StepAsync(Cancellation);
        Replace("next");
        await nextTls.StepAsync(Cancellation);
        Replace("head");
        await headTls.StepAsync(Cancellation);

        Assert.Null(nextTls.Problem ?? headTls.Problem);
        Assert.NotEqual(before, await ShownByAsync(next));
        await head.AppendAsync(1, _ => 10);
        await next.ReachesAsync(2); // by the stream that was there
        using var dialer = new HopDialer(new TlsConnector(headTls));
        await using var stream = await dialer.DialAsync(next.Address, Cancellation);

        void Replace(string name)
        {
            var files = _foreign.Issue(name);
            File.Copy(files.Key, _authority.FilesOf(name).Key, overwrite: true);
            File.Copy(files.Certificate, _authority.FilesOf(name).Certificate, overwrite: true);
        }
    }

    private static async Task<HopRefusedException> RefusalAsync(TlsConnector connector, HopNode next)
    {
        using var dialer = new HopDialer(connector);
        return await Assert.ThrowsAsync<HopRefusedException>(() => dialer.DialAsync(next.Address, Cancellation));
    }

    /// <summary>Trusts the authority, and shows nothing.</summary>
    private CredentialsWatch Trusting(CredentialsWatch watch)
    {
        var files = watch.Current.Files;
        var texts = watch.Current.Texts with { Authorities = File.ReadAllText(_authority.Path("ca.pem")) };
        return new CredentialsWatch(Credentials.From(files, texts, out _)!, _ => { }, _ => { }, TimeProvider.System);
    }

    private static async Task<string> ShownByAsync(HopNode node)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(node.Address.Host, node.Address.Port, Cancellation);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = node.Address.Host, RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null }, Cancellation);
        using var certificate = new X509Certificate2(stream.RemoteCertificate!);
        return certificate.SerialNumber;
    }
}
