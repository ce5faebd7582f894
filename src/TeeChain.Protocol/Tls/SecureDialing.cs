using System.Net.Security;

namespace TeeChain.Protocol.Tls;

/// <summary>The dialling side of TLS. What is spoken inside is HTTP/1.1.</summary>
public static class SecureDialing
{
    /// <summary>The stream over <paramref name="plain"/>, which ends with it.</summary>
    /// <param name="host">As it was dialled: a name or an IP address for which the other's certificate must be.</param>
    /// <param name="own">What to show where the other asks for it; null: nothing.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The other does not speak TLS, or nobody vouches for it under that name.</exception>
    public static async Task<SslStream> SecureAsync(Stream plain, string host, Authorities authorities, SslStreamCertificateContext? own, CancellationToken cancellation)
    {
        var stream = new SslStream(plain);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    ClientCertificateContext = own,
                    CertificateChainPolicy = authorities.Policy(),
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                    AllowTlsResume = false, // The other is judged anew each time, by the certificates of that time.
                },
                cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
