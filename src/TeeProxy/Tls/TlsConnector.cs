using System.Net.Sockets;
using TeeChain.Protocol.Tls;

namespace TeeProxy.Tls;

/// <summary>
/// Connects to other nodes and to the registry: over TLS where the address says https, with this node's certificate of that moment,
/// and to nobody for whom the authorities do not vouch under the name dialled.
/// </summary>
internal sealed class TlsConnector(CredentialsWatch watch)
{
    /// <summary>As <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext asked, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(asked.DnsEndPoint, cancellation);
            var plain = new NetworkStream(socket, ownsSocket: true);
            var now = watch.Current;
            return asked.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps
                ? await SecureDialing.SecureAsync(plain, asked.DnsEndPoint.Host, now.Authorities, now.IsMutual ? now.Context : null, cancellation)
                : plain;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
