using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TeeChain.Protocol.Tls;

/// <summary>
/// What a node shows of itself, and by whom it judges others: the files of <see cref="TlsFiles"/> at one moment, found to fit
/// together. Immutable; connections made with it keep it when it is replaced.
/// </summary>
public sealed class Credentials
{
    private Credentials(TlsFiles files, TlsTexts texts, SslStreamCertificateContext context, Authorities authorities)
    {
        (Files, Texts, Context, Authorities) = (files, texts, context, authorities);
        (Begins, Expires) = (context.TargetCertificate.NotBefore.ToUniversalTime(), context.TargetCertificate.NotAfter.ToUniversalTime());
    }

    public TlsFiles Files { get; }

    public TlsTexts Texts { get; }

    /// <summary>The certificate with its key, and what is between it and its authority.</summary>
    public SslStreamCertificateContext Context { get; }

    public Authorities Authorities { get; }

    public DateTimeOffset Begins { get; }

    public DateTimeOffset Expires { get; }

    /// <summary>Whether nodes show each other certificates.</summary>
    public bool IsMutual => Files.Authorities is not null;

    /// <summary>Why nobody takes the certificate at that time; null when it is valid.</summary>
    public string? NotAt(DateTimeOffset time) =>
        time >= Expires ? string.Create(CultureInfo.InvariantCulture, $"expired at {Expires:u}")
        : time < Begins ? string.Create(CultureInfo.InvariantCulture, $"is not valid before {Begins:u}")
        : null;

    /// <summary>Null, and why, where a file cannot be read or they do not fit together. That it has expired is no fault: it may be replaced any moment.</summary>
    public static Credentials? Read(TlsFiles files, out TlsFault? fault) =>
        files.Read(out fault) is { } texts ? From(files, texts, out fault) : null;

    public static Credentials? From(TlsFiles files, TlsTexts texts, out TlsFault? fault)
    {
        fault = null;
        var authorities = texts.Authorities is null ? Authorities.OfMachine : Authorities.FromPem(texts.Authorities);
        if (authorities is null)
        {
            fault = new TlsFault(TlsFault.AuthoritiesFlag, files.Authorities!, "holds no certificate", "allowed: certificates of authorities in PEM");
            return null;
        }

        if (Certificates(texts.Certificate) is not [var first, ..] all)
        {
            fault = new TlsFault(TlsFault.CertificateFlag, files.Certificate, "holds no certificate", "allowed: PEM, this node's certificate first");
            return null;
        }

        X509Certificate2 own;
        try
        {
            own = X509Certificate2.CreateFromPem(first.ExportCertificatePem(), texts.Key);
        }
        catch (CryptographicException)
        {
            fault = new TlsFault(TlsFault.KeyFlag, files.Key, $"holds no key for {files.Certificate}", "allowed: its private key in PEM, without a passphrase");
            return null;
        }
        catch (ArgumentException)
        {
            fault = new TlsFault(TlsFault.KeyFlag, files.Key, $"is not the key of {files.Certificate}", "allowed: the private key with which that certificate was requested");
            return null;
        }

        all.RemoveAt(0);
        if (texts.Authorities is not null && authorities.WhyNot(own, all) is { } why)
        {
            fault = new TlsFault(
                TlsFault.CertificateFlag, files.Certificate, $"would be refused by the other nodes ({why})", $"allowed: one signed by {files.Authorities}, for servers and clients");
            return null;
        }

        return new Credentials(files, texts, SslStreamCertificateContext.Create(own, all, offline: true), authorities);
    }

    private static X509Certificate2Collection Certificates(string pem)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            all.Clear(); // Not one of them can be relied on.
        }

        return all;
    }
}
