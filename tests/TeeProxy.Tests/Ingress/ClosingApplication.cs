using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TeeProxy.Tests.Ingress;

/// <summary>An application that answers the first request of each connection, and closes the connection, in good order, on the second.</summary>
internal sealed class ClosingApplication : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;
    private int _seen;

    public ClosingApplication()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests that came, answered or not.</summary>
    public int Seen => Volatile.Read(ref _seen);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                await ServeAsync(connection.GetStream());
            }
        }
        catch (SocketException)
        {
            // The listener was stopped.
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        for (var requests = 0; requests < 2 && await stream.ReadAsync(buffer) is > 0 and var read;)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                continue;
            }

            Interlocked.Increment(ref _seen);
            text.Clear();
            if (++requests == 1)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
        }
    }
}
