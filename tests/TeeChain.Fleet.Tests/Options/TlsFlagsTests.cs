using TeeChain.Fleet.Options;
using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Tests.Options;

public sealed class TlsFlagsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Without_a_file_nodes_are_spoken_to_without_TLS()
    {
        var wire = TlsCaFlag.Read(null, out var wrong);

        Assert.Null(wrong);
        Assert.Equal("http", wire.Scheme);
    }

    [Fact]
    public void A_file_that_is_none_is_refused()
    {
        TlsCaFlag.Read("/none/such", out var missing);
        TlsCaFlag.Read(_file, out var empty);

        Assert.StartsWith("--tls-ca /none/such cannot be read: ", missing, StringComparison.Ordinal);
        Assert.StartsWith($"--tls-ca {_file} holds no certificate; allowed: ", empty, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", null)]
    [InlineData(null, "x")]
    public void A_certificate_and_its_key_belong_together(string? certificate, string? key)
    {
        Assert.Null(TlsCertFlags.Read(certificate, key, out var wrong));

        Assert.StartsWith("--tls-cert and --tls-key belong together", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_not_there_is_refused()
    {
        Assert.Null(TlsCertFlags.Read("/none/such", _file, out var wrong));

        Assert.StartsWith("--tls-cert: \"/none/such\" cannot be read; ", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Https_alone_is_TLS_with_whom_the_machine_trusts()
    {
        var options = SurveyOptions.From(new StatusFlags { Nodes = ["https://node1:9500", "node2:9500"] }, out var wrong);

        Assert.Null(wrong);
        Assert.True(options!.Wire.IsSecure);
        Assert.Equal(["node1:9500", "node2:9500"], options.Nodes.Select(node => node.Admin));
    }

    [Fact]
    public void A_node_without_TLS_among_those_with_it_is_refused()
    {
        Assert.Null(SurveyOptions.From(new StatusFlags { Nodes = ["https://node1:9500", "http://node2:9500"] }, out var wrong));

        Assert.Contains("'http://node2:9500' is without TLS", wrong, StringComparison.Ordinal);
    }
}
