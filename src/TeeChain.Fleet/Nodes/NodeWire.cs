using System.Net.Sockets;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Nodes;

/// <summary>How nodes are reached: without TLS, or over TLS where somebody vouches for them under the name dialled. Immutable.</summary>
/// <param name="authorities">Null: without TLS.</param>
internal sealed class NodeWire(Authorities? authorities)
{
    public static readonly NodeWire Plain = new(null);

    public bool IsSecure => authorities is not null;

    /// <summary>Of the nodes' addresses.</summary>
    public string Scheme => IsSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    /// <summary>As <see cref="SocketsHttpHandler.ConnectCallback"/>. The address decides: a registry may speak TLS where nodes do not.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext asked, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(asked.DnsEndPoint, cancellation);
            return await SecureAsync(new NetworkStream(socket, ownsSocket: true), asked, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What the request asked for over <paramref name="plain"/>, which ends with it.</summary>
    public async ValueTask<Stream> SecureAsync(Stream plain, SocketsHttpConnectionContext asked, CancellationToken cancellation) =>
        asked.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps
            ? await SecureDialing.SecureAsync(plain, asked.DnsEndPoint.Host, authorities ?? Authorities.OfMachine, null, cancellation)
            : plain;
}
