using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using TeeChain.Protocol;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Gateway;

internal static class KestrelAddress
{
    /// <summary>All addresses that the host's name has.</summary>
    /// <param name="tls">What each handshake shows at its moment; null: without TLS.</param>
    public static void Listen(this KestrelServerOptions kestrel, Address address, CredentialsWatch? tls)
    {
        var addresses = IPAddress.TryParse(address.Host, out var ip) ? [ip] : Dns.GetHostAddresses(address.Host);
        foreach (var one in addresses)
        {
            kestrel.Listen(one, address.Port, port => Secure(port, tls));
        }
    }

    private static void Secure(ListenOptions port, CredentialsWatch? tls)
    {
        if (tls is not null)
        {
            port.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = tls.Current.Context,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                }),
            });
        }
    }

    /// <summary>Whether a start failed because somebody has the address.</summary>
    public static bool IsInUse(Exception? failure) => failure is not null && (failure is AddressInUseException || IsInUse(failure.InnerException));
}
