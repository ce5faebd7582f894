using System.Collections.Concurrent;
using System.Net.Sockets;

namespace TeeProxy;

/// <summary>
/// Has work go on where sockets are found ready (<see cref="InlineSockets"/>): beside a thread that handles what clients, application
/// and neighbours say anyway, and not on one of the thread pool's, whose waking costs a multiple of one byte through a socket.
/// What is given is executed one after the other, and so must not block or throw. Nothing is lost: without the socket it goes on the
/// thread pool. Thread-safe.
/// </summary>
internal sealed class SocketBell : IDisposable
{
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _due = new();
    private readonly Socket _self = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private int _isRung;

    /// <exception cref="SocketException">There are no descriptors left.</exception>
    public SocketBell()
    {
        // Connected to itself, so that it hears nobody else; the name is in no file system (unix(7), abstract).
        var name = new UnixDomainSocketEndPoint($"\0teeproxy-{Guid.NewGuid()}");
        _self.Bind(name);
        _self.Connect(name);
        _ = HearAsync();
    }

    public void Ring(IThreadPoolWorkItem work)
    {
        _due.Enqueue(work);
        if (Interlocked.Exchange(ref _isRung, 1) != 0)
        {
            return;
        }

        try
        {
            _self.Send([1]); // At most one is on its way, so this never blocks.
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.ExecuteDue(), this, preferLocal: false);
        }
    }

    /// <summary>What is given from now on goes on the thread pool.</summary>
    public void Dispose() => _self.Dispose();

    private async Task HearAsync()
    {
        var one = new byte[1];
        try
        {
            while (true)
            {
                await _self.ReceiveAsync(one);
                ExecuteDue();
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            _self.Dispose(); // before the queue is looked at for the last time: who comes later finds it out
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.ExecuteDue(), this, preferLocal: false);
        }
    }

    private void ExecuteDue()
    {
        Interlocked.Exchange(ref _isRung, 0); // before the queue is looked at: who comes later rings again
        while (_due.TryDequeue(out var work))
        {
            work.Execute();
        }
    }
}
