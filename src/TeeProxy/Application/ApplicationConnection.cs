using System.Net.Sockets;

namespace TeeProxy.Application;

/// <summary>
/// One keep-alive connection to the application. It always listens, so a connection that the application closed is known before
/// anything is sent into it. One exchange at a time; <see cref="Abandon"/> from any thread.
/// </summary>
internal sealed class ApplicationConnection : IDisposable
{
    private const int FirstBufferBytes = 4 << 10;

    private const int Over = 0;
    private const int Running = 1;
    private const int Late = 2;

    private readonly Socket _socket;
    private readonly ITimer _patience;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private ValueTask<int>? _listening;
    private int _exchange; // which of the three below; the timer and End race for it

    private ApplicationConnection(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _patience = time.CreateTimer(static self => ((ApplicationConnection)self!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Listen();
    }

    /// <summary>What arrived and was not taken.</summary>
    public ReadOnlyMemory<byte> Received => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Whether an exchange took longer than it was given.</summary>
    public bool IsLate => Volatile.Read(ref _exchange) == Late;

    /// <summary>When it was last given back, by the pool's clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether a request may be sent: nothing has come, and the other side has not closed.</summary>
    public bool IsFresh => _start == _end && _listening is { IsCompleted: false };

    /// <exception cref="SocketException">Nobody takes it.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async ValueTask<ApplicationConnection> OpenAsync(string host, int port, TimeProvider time, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new ApplicationConnection(socket, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>From now on an exchange may take so long; then the connection is closed under it.</summary>
    public void Begin(TimeSpan patience)
    {
        Volatile.Write(ref _exchange, Running);
        _patience.Change(patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The exchange is over. False where it was too late for that.</summary>
    public bool End()
    {
        _patience.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Interlocked.CompareExchange(ref _exchange, Over, Running) == Running;
    }

    /// <exception cref="SocketException">The connection broke; some of it may have arrived.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>Waits for more, which <see cref="Add"/> then puts behind <see cref="Received"/>. 0 where the application closed its side.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public ValueTask<int> ReceiveAsync()
    {
        Rest();
        var listening = _listening!.Value;
        _listening = null;
        return listening;
    }

    /// <summary>What <see cref="ReceiveAsync"/> returned. False for 0.</summary>
    public bool Add(int count)
    {
        _end += count;
        return count > 0;
    }

    /// <summary>Takes off what was received first.</summary>
    public void Take(int bytes)
    {
        _start += bytes;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Listens again, for what should not come before the next request.</summary>
    public void Rest()
    {
        if (_listening is null)
        {
            Listen();
        }
    }

    /// <summary>Closes it under whoever uses it, who sees a broken connection.</summary>
    public void Abandon() => _socket.Dispose();

    /// <summary>Ends it in good order: closed with a receive under way, the socket would reset it, and applications log that.</summary>
    public void Dispose()
    {
        _patience.Dispose();
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over already.
        }

        _socket.Dispose();
    }

    private void Expire()
    {
        // Stopping a timer does not take back a call of it that is on its way.
        if (Interlocked.CompareExchange(ref _exchange, Late, Running) == Running)
        {
            Abandon();
        }
    }

    private void Listen()
    {
        if (_end == _buffer.Length)
        {
            if (_start == 0)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

#pragma warning disable CA2012 // Awaited once, by the next ReceiveAsync, which forgets it.
        _listening = _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
#pragma warning restore CA2012
    }
}
