using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using TeeChain.Protocol.Tls;

namespace TeeProxy.Tls;

/// <summary>Has a port of Kestrel speak TLS, each handshake with the certificate of that moment. HTTP/1.1 alone is negotiated.</summary>
internal sealed class TlsDoor(CredentialsWatch watch)
{
    /// <param name="forNodes">Whether other nodes come in there, and show certificates where <c>--tls-ca</c> is given.</param>
    public void Open(ListenOptions port, bool forNodes) =>
        port.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = handshake => ValueTask.FromResult(Answer(handshake.Connection, forNodes)) });

    private SslServerAuthenticationOptions Answer(ConnectionContext connection, bool forNodes)
    {
        var now = watch.Current;
        var answer = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = now.Context,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        if (forNodes && now.IsMutual)
        {
            // Asked of everybody, since who a client is shows later; what was shown counts where the hop begins, and nowhere else.
            answer.ClientCertificateRequired = true;
            answer.CertificateChainPolicy = now.Authorities.Policy();
            answer.RemoteCertificateValidationCallback = (_, shown, chain, errors) => Note(connection, PeerCertificate.Of(shown, chain, errors));
        }

        return answer;
    }

    [SuppressMessage("Security", "CA5359", Justification = "Judged here, refused by HopDoor: ordinary clients may show what they like.")]
    private static bool Note(ConnectionContext connection, PeerCertificate shown)
    {
        connection.Features.Set(shown);
        return true;
    }
}
