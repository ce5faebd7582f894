using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TeeChain.Protocol.Tls;

namespace TeeProxy.Tests.Tls;

/// <summary>An authority that signs what a test asks for, and its files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly OidCollection BothUses = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("teechain-tls-");
    private readonly X509Certificate2 _own;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Test CA {Guid.NewGuid()}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-10), DateTimeOffset.UtcNow.AddYears(10));
        File.WriteAllText(Path("ca.pem"), _own.ExportCertificatePem() + "\n");
    }

    /// <summary>Of a node called <paramref name="name"/>, whether or not they are there.</summary>
    public TlsFiles FilesOf(string name, bool isMutual = true) => new(Path($"{name}.pem"), Path($"{name}.key"), isMutual ? Path("ca.pem") : null);

    public string Path(string file) => System.IO.Path.Combine(_folder.FullName, file);

    /// <summary>Writes a certificate and its key, for 127.0.0.1 where no host is named, valid for a year around now where no days are given.</summary>
    public TlsFiles Issue(string name, string host = "127.0.0.1", (int From, int To)? days = null, OidCollection? uses = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var ip))
        {
            names.AddIpAddress(ip);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses ?? BothUses, false));
        var (from, to) = days ?? (-180, 180);
        using var signed = request.Create(_own, DateTimeOffset.UtcNow.AddDays(from), DateTimeOffset.UtcNow.AddDays(to), RandomNumberGenerator.GetBytes(8));
        var files = FilesOf(name);
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(files.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(files.Certificate, signed.ExportCertificatePem());
        return files;
    }

    /// <summary>What a node shows and trusts whose certificate is for <paramref name="host"/>.</summary>
    public CredentialsWatch Watch(string name, string host = "127.0.0.1", string? authorities = null) =>
        Watch(Issue(name, host) with { Authorities = authorities ?? Path("ca.pem") });

    public static CredentialsWatch Watch(TlsFiles files)
    {
        var credentials = Credentials.Read(files, out var fault);
        Assert.Null(fault);
        return new CredentialsWatch(credentials!, _ => { }, _ => { }, TimeProvider.System);
    }

    public void Dispose()
    {
        _own.Dispose();
        _folder.Delete(recursive: true);
    }
}
