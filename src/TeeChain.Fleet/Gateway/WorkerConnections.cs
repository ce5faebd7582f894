using System.Net.Sockets;
using TeeChain.Fleet.Nodes;
using Yarp.ReverseProxy.Forwarder;

namespace TeeChain.Fleet.Gateway;

/// <summary>How the front door connects to applications and teeproxies.</summary>
internal sealed class WorkerConnections(NodeWire wire) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ActivityHeadersPropagator = null; // traceparent goes through as it came

        // Shorter than any application's keep-alive that we know of, so that a connection is not used while it is being closed.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2);

        // Not ConnectTimeout, which ends like a request that took too long: this fails as a connection that was not made.
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan;
        handler.ConnectCallback = (asked, cancellation) => ConnectAsync(asked, cancellation);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext asked, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Timeouts.Connect);
            await socket.ConnectAsync(asked.DnsEndPoint, patience.Token);
            return await wire.SecureAsync(new NetworkStream(socket, ownsSocket: true), asked, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
