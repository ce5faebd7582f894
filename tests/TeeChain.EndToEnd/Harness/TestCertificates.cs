using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TeeChain.EndToEnd.Harness;

/// <summary>An authority of a test's own, and a certificate for each of its nodes: made as operators do, by <c>misc-commands.sh certs</c>.</summary>
internal sealed class TestCertificates
{
    // Of all tests of this run: the clients of the harness are shared, and trust nobody else.
    private static readonly ConcurrentBag<X509Certificate2> Authorities = [];

    private readonly string _folder;

    private TestCertificates(string folder) => _folder = folder;

    /// <summary>How the clients of the harness judge who answers.</summary>
    public static SslClientAuthenticationOptions ClientOptions => new() { RemoteCertificateValidationCallback = IsTrusted };

    public string Authority => Path.Combine(_folder, "ca.pem");

    public static async Task<TestCertificates> MakeAsync(string folder, IEnumerable<string> names, CancellationToken cancellation)
    {
        await using var making = RealProcess.Start("bash", [Repository.Script, "certs", folder, .. names], $"{folder}.log");
        Assert.True(await making.WaitExitAsync(cancellation) == 0, making.Description);
        var certificates = new TestCertificates(folder);
        Authorities.Add(X509CertificateLoader.LoadCertificateFromFile(certificates.Authority));
        return certificates;
    }

    public NodeTls Of(string name) => new(Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"), Authority);

    /// <summary>Certificate and key in one file, as HAProxy takes them.</summary>
    public string InOneFile(string name)
    {
        var file = Path.Combine(_folder, $"{name}.both.pem");
        File.WriteAllText(file, File.ReadAllText(Of(name).Certificate) + File.ReadAllText(Of(name).Key));
        return file;
    }

    /// <summary>Another certificate and key of the same authority, in place of a node's.</summary>
    public async Task RenewAsync(string name, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"renewed-{name}-{Guid.NewGuid()}")).FullName;
        foreach (var file in (string[])["ca.pem", "ca.key"])
        {
            File.Copy(Path.Combine(_folder, file), Path.Combine(folder, file));
        }

        var renewed = (await MakeAsync(folder, [name], cancellation)).Of(name);
        File.Move(renewed.Key, Of(name).Key, overwrite: true);
        File.Move(renewed.Certificate, Of(name).Certificate, overwrite: true);
    }

    /// <summary>The serial number of the certificate that this address shows in a new handshake; whoever vouches for it must be known here.</summary>
    public static async Task<string> ShownAtAsync(Uri address, CancellationToken cancellation)
    {
        var serial = "";
        using var handler = Loopback.Handler(connections: 1);
        handler.SslOptions.RemoteCertificateValidationCallback = (sender, shown, chain, errors) =>
        {
            serial = shown?.GetSerialNumberString() ?? "";
            return IsTrusted(sender, shown, chain, errors);
        };
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(address, cancellation);
        return serial;
    }

    private static bool IsTrusted(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return false;
        }

        using var judging = new X509Chain();
        judging.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        judging.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        judging.ChainPolicy.CustomTrustStore.AddRange(Authorities.ToArray());
        return judging.Build(new X509Certificate2(shown));
    }
}

/// <summary>The files of a node's certificate.</summary>
internal sealed record NodeTls(string Certificate, string Key, string Authority);
