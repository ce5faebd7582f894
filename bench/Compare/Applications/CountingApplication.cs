using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Compare.Wire;

namespace Compare.Applications;

/// <summary>
/// The application behind every system: it notes the id of each write in the order of arrival and answers at once, so that what is
/// measured is the proxies. A write's id is the last ten digits of its body (<see cref="Load.WriteRequest"/>).
/// </summary>
/// <remarks>
/// POST /empty: the same without a body in the answer. POST /reset forgets. GET /log: the ids, four bytes each, little endian. GET
/// /count: how many, as text. Any other GET is answered in one line.
/// </remarks>
internal sealed class CountingApplication : IDisposable
{
    private const int IdDigits = 10;

    private static readonly byte[] Noted = Answer("noted, thank you\n");
    private static readonly byte[] NotedSilently = Answer("");
    private static readonly byte[] Hello = Answer("hello, here is an application\n");
    private static readonly byte[] NotUnderstood = "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly Poller _poller = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<int, Connection> _connections = [];
    private readonly List<int> _ids = new(1 << 20);
    private int _lastTag;

    /// <exception cref="SocketException">The port is taken.</exception>
    public CountingApplication(int port)
    {
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _listener.Blocking = false;
        _poller.Add(_listener, 0);
    }

    /// <summary>Serves until the process is ended.</summary>
    public void Run()
    {
        while (true)
        {
            foreach (var tag in _poller.Wait(null))
            {
                if (tag == 0)
                {
                    Accept();
                }
                else if (!Serve(_connections[tag]))
                {
                    _connections.Remove(tag, out var closed);
                    closed?.Dispose();
                }
            }
        }
    }

    public void Dispose()
    {
        _poller.Dispose();
        _listener.Dispose();
    }

    private static byte[] Answer(string body) => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private void Accept()
    {
        var socket = _listener.Accept();
        socket.Blocking = false;
        socket.NoDelay = true;
        _connections.Add(++_lastTag, new Connection(socket));
        _poller.Add(socket, _lastTag);
    }

    private bool Serve(Connection connection)
    {
        if (!connection.Receive())
        {
            return false;
        }

        while (HttpMessage.TryRead(connection.Read, out var request))
        {
            var message = connection.Read[..request.Length];
            bool isSent;
            if (message.StartsWith("GET /log"u8))
            {
                SendLog(connection);
                isSent = true;
            }
            else
            {
                isSent = connection.Send(Outcome(message, request.BodyStart));
            }

            connection.Take(request.Length);
            if (!isSent || request.Closes)
            {
                return false;
            }
        }

        return true;
    }

    private byte[] Outcome(ReadOnlySpan<byte> message, int bodyStart)
    {
        if (message.StartsWith("GET "u8))
        {
            return message.StartsWith("GET /count "u8) ? Answer($"{_ids.Count}") : Hello;
        }

        if (message.StartsWith("POST /reset"u8))
        {
            _ids.Clear();
            return NotedSilently;
        }

        if (message.Length - bodyStart < IdDigits || !int.TryParse(message[^IdDigits..], out var id))
        {
            return NotUnderstood;
        }

        _ids.Add(id);
        return message.StartsWith("POST /empty"u8) ? NotedSilently : Noted;
    }

    private void SendLog(Connection connection)
    {
        var ids = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ids));
        connection.SendWhole(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {ids.Length}\r\n\r\n"));
        connection.SendWhole(ids);
    }
}
