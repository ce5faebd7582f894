using System.Net;
using System.Net.Sockets;

namespace Compare.Processes;

/// <summary>Ports that nobody listens on. Below the range that the kernel gives to outgoing connections, so that it stays so.</summary>
internal sealed class FreePorts
{
    private int _next = 20_000;

    public int Next()
    {
        while (true)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, ++_next));
                return _next;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
