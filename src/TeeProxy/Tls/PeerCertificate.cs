using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TeeChain.Protocol.Tls;

namespace TeeProxy.Tls;

/// <summary>
/// What a connection showed of itself, as a feature of it. Clients and front doors show nothing and are served; the hop asks for a
/// certificate that an authority vouches for.
/// </summary>
/// <param name="Refusal">Why it does not open the hop; null when it does.</param>
internal sealed record PeerCertificate(string? Refusal)
{
    /// <summary>What a handshake found.</summary>
    public static PeerCertificate Of(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) => new(
        shown is null ? "came without a certificate"
        : errors != SslPolicyErrors.None ? $"came with the certificate of \"{shown.Subject}\", for which --tls-ca does not vouch ({(Authorities.Words(chain) is { Length: > 0 } words ? words : $"{errors}")})"
        : null);
}
