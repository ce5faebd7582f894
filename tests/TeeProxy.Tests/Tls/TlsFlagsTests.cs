using System.Runtime.Versioning;
using System.Security.Cryptography;
using TeeChain.Protocol.Tls;
using TeeProxy.Options;

namespace TeeProxy.Tests.Tls;

[UnsupportedOSPlatform("windows")]
public sealed class TlsFlagsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Without_the_flags_there_is_no_TLS() => Assert.Null(Run().Tls);

    [Fact]
    public void Three_files_that_fit_together_are_read()
    {
        var files = _authority.Issue("a");

        var tls = Run("--tls-cert", files.Certificate, "--tls-key", files.Key, "--tls-ca", files.Authorities!).Tls!;

        Assert.True(tls.IsMutual);
        Assert.InRange(tls.Expires, DateTimeOffset.UtcNow.AddDays(179), DateTimeOffset.UtcNow.AddDays(181));
    }

    [Fact]
    public void Variables_give_them_too()
    {
        var files = _authority.Issue("a");
        var variables = new Dictionary<string, string> { ["TEEPROXY_TLS_CERT"] = files.Certificate, ["TEEPROXY_TLS_KEY"] = files.Key };

        var command = OptionsParser.Parse(["--local", ":1"], variables.GetValueOrDefault);

        Assert.False(Assert.IsType<Command.Run>(command).Options.Tls!.IsMutual);
    }

    [Theory]
    [InlineData("--tls-cert: \"x\" has no meaning without its key; allowed: together with --tls-key.", "--tls-cert", "x")]
    [InlineData("--tls-key: \"x\" has no meaning without a certificate; allowed: together with --tls-cert.", "--tls-key", "x")]
    [InlineData("--tls-ca: \"x\" has no meaning without a certificate; allowed: together with --tls-cert and --tls-key.", "--tls-ca", "x")]
    [InlineData("--tls-cert: \"/none/such\" cannot be read; ", "--tls-cert", "/none/such", "--tls-key", "x")]
    [InlineData("--tls-cert: \"\" cannot be read; ", "--tls-cert", "", "--tls-key", "x")]
    public void One_alone_is_refused_and_so_is_a_file_that_is_not_there(string what, params string[] flags) =>
        Assert.StartsWith("teeproxy: " + what, Refusal(flags), StringComparison.Ordinal);

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        var (files, other) = (_authority.Issue("a"), _authority.Issue("b"));

        Assert.Contains($"--tls-key: \"{other.Key}\" is not the key of {files.Certificate}; ", Refusal(files with { Key = other.Key }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_with_a_passphrase_is_refused()
    {
        var files = _authority.Issue("a");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(files.Key, key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)));

        Assert.Contains("holds no key for", Refusal(files), StringComparison.Ordinal);
        Assert.Contains("without a passphrase", Refusal(files), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public void A_key_that_others_can_read_is_refused_with_advice(UnixFileMode others)
    {
        var files = _authority.Issue("a");
        File.SetUnixFileMode(files.Key, UnixFileMode.UserRead | others);

        Assert.EndsWith($"is open to other users; chmod 600 {files.Key}.", Refusal(files), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no certificate at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Files_without_a_certificate_are_refused(string text)
    {
        var files = _authority.Issue("a");
        var wrong = _authority.Path("wrong.pem");
        File.WriteAllText(wrong, text);

        Assert.Contains($"--tls-cert: \"{wrong}\" holds no certificate; ", Refusal(files with { Certificate = wrong }), StringComparison.Ordinal);
        Assert.Contains($"--tls-ca: \"{wrong}\" holds no certificate; ", Refusal(files with { Authorities = wrong }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 20) + 1)]
    public void An_empty_file_and_a_huge_one_are_refused_unread(int length)
    {
        var files = _authority.Issue("a");
        File.WriteAllText(files.Certificate, new string('x', length));

        Assert.Contains($"holds {length} bytes; allowed: a file in PEM", Refusal(files), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_link_points_to_is_measured()
    {
        var files = _authority.Issue("a");
        var (link, target) = (_authority.Path("link"), _authority.Path("empty"));
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(link, target);

        Assert.Contains("holds 0 bytes", Refusal(files with { Certificate = link }), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(files with { Certificate = Dangling() }), StringComparison.Ordinal);

        // As a shell's <(…) is seen: a link to a pipe, which can be read but once.
        string Dangling()
        {
            var pipe = _authority.Path("pipe");
            File.CreateSymbolicLink(pipe, "pipe:[4711]");
            return pipe;
        }
    }

    [Fact]
    public void A_certificate_that_the_other_nodes_would_refuse_is_refused_here()
    {
        using var foreign = new TestAuthority();
        var files = _authority.Issue("a");

        Assert.Contains("would be refused by the other nodes (PartialChain", Refusal(files with { Authorities = foreign.Path("ca.pem") }), StringComparison.Ordinal);
        Assert.Contains("(may not be used by a TLS client)", Refusal(_authority.Issue("server", uses: [new("1.3.6.1.5.5.7.3.1")])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_starts_since_it_may_be_replaced_any_moment()
    {
        var files = _authority.Issue("a", days: (-10, -1));

        var credentials = Credentials.Read(files, out var fault);

        Assert.Null(fault);
        Assert.StartsWith("expired at ", credentials!.NotAt(DateTimeOffset.UtcNow), StringComparison.Ordinal);
    }

    private static string Refusal(TlsFiles files) => Refusal("--tls-cert", files.Certificate, "--tls-key", files.Key, "--tls-ca", files.Authorities!);

    private static string Refusal(params string[] flags)
    {
        var exit = Assert.IsType<Command.Exit>(OptionsParser.Parse(["--local", ":1", .. flags], _ => null));
        Assert.Equal(2, exit.Code);
        Assert.DoesNotContain('\n', exit.Text);
        return exit.Text;
    }

    private static NodeOptions Run(params string[] flags) => Assert.IsType<Command.Run>(OptionsParser.Parse(["--local", ":1", .. flags], _ => null)).Options;
}
