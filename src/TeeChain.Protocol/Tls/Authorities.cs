using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TeeChain.Protocol.Tls;

/// <summary>
/// Who vouches for nodes: the certificates of a file that an operator names, and nobody else; or, where none is named, whom the machine
/// trusts. Nothing is downloaded and no revocation list is asked: who is no longer to be trusted is taken out of the file. Immutable.
/// </summary>
public sealed class Authorities
{
    /// <summary>Those that the machine trusts.</summary>
    public static readonly Authorities OfMachine = new(null);

    // RFC 5280 section 4.2.1.12.
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection? _named;

    private Authorities(X509Certificate2Collection? named) => _named = named;

    /// <returns>Null where <paramref name="pem"/> holds no certificate.</returns>
    public static Authorities? FromPem(string pem)
    {
        var named = new X509Certificate2Collection();
        try
        {
            named.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return named.Count == 0 ? null : new Authorities(named);
    }

    /// <summary>How a handshake judges the other's certificate; for one connection, since it is added to.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_named is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_named);
        }

        return policy;
    }

    /// <summary>Why a node with this certificate would be refused, as server or as client, whatever its time; null when it would not.</summary>
    /// <param name="between">The certificates between it and an authority, as far as it brings them.</param>
    public string? WhyNot(X509Certificate2 certificate, X509Certificate2Collection between)
    {
        foreach (var (use, who) in new[] { (ServerUse, "server"), (ClientUse, "client") })
        {
            var policy = Policy();
            policy.ApplicationPolicy.Add(use);
            policy.ExtraStore.AddRange(between);
            policy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
            using var chain = new X509Chain { ChainPolicy = policy };
            if (!chain.Build(certificate))
            {
                return chain.ChainStatus.Any(static one => one.Status.HasFlag(X509ChainStatusFlags.NotValidForUsage)) ? $"may not be used by a TLS {who}" : Words(chain);
            }
        }

        return null;
    }

    /// <summary>What a chain lacks, in the runtime's words: <c>PartialChain</c>, <c>UntrustedRoot</c>, <c>NotTimeValid</c>.</summary>
    public static string Words(X509Chain? chain) =>
        string.Join(", ", chain?.ChainStatus.Select(static one => one.Status.ToString()).Distinct() ?? []);
}
