using System.Net;
using System.Net.Sockets;

namespace Compare.Wire;

/// <summary>A TCP connection that never blocks, and what was read from it and not yet taken.</summary>
internal sealed class Connection(Socket socket) : IDisposable
{
    private byte[] _read = new byte[4096];
    private int _filled;

    public Socket Socket { get; } = socket;

    public ReadOnlySpan<byte> Read => _read.AsSpan(0, _filled);

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Connection Open(IPEndPoint target)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(target);
        socket.Blocking = false;
        return new Connection(socket);
    }

    /// <summary>Takes what has arrived. False where the peer closed or broke the connection.</summary>
    public bool Receive()
    {
        if (_filled == _read.Length)
        {
            Array.Resize(ref _read, _read.Length * 2);
        }

        var count = Socket.Receive(_read.AsSpan(_filled), SocketFlags.None, out var error);
        _filled += Math.Max(0, count);
        return count > 0 || error == SocketError.WouldBlock;
    }

    /// <summary>Forgets the first bytes of what was read.</summary>
    public void Take(int bytes)
    {
        if (bytes < _filled)
        {
            _read.AsSpan(bytes, _filled - bytes).CopyTo(_read);
        }

        _filled -= bytes;
    }

    /// <summary>False where the peer is gone. Messages here are far smaller than a socket's buffer, so they go at once or not at all.</summary>
    public bool Send(ReadOnlySpan<byte> message) => Socket.Send(message, SocketFlags.None, out var error) == message.Length && error == SocketError.Success;

    /// <summary>For what is larger than a socket's buffer; waits for the peer.</summary>
    public void SendWhole(ReadOnlySpan<byte> message)
    {
        Socket.Blocking = true;
        while (message.Length > 0)
        {
            message = message[Socket.Send(message)..];
        }

        Socket.Blocking = false;
    }

    public void Dispose() => Socket.Dispose();
}
