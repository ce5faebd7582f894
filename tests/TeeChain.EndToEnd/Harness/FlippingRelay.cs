using System.Net;
using System.Net.Sockets;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A bad link: relays TCP connections to a port and, while asked to, flips one bit in each, somewhere in its first bytes, either way.</summary>
internal sealed class FlippingRelay : IAsyncDisposable
{
    private const int FlipsWithinBytes = 16 << 10;

    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _flips;

    /// <param name="port">Where it listens.</param>
    /// <param name="target">Where it leads.</param>
    /// <param name="seed">Where the bits are; for failures to name.</param>
    public FlippingRelay(int port, int target, int seed)
    {
        (_listener, _target, _random) = (new TcpListener(IPAddress.Loopback, port), target, new Random(seed));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Flips => Volatile.Read(ref _flips);

    public bool IsFlipping { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(relays);
    }

    private async Task RelayAsync(TcpClient from)
    {
        using var one = from;
        using var other = new TcpClient { NoDelay = true };
        one.NoDelay = true;
        try
        {
            await other.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            var (down, up) = (PumpAsync(one, other, _random.Next(FlipsWithinBytes)), PumpAsync(other, one, _random.Next(FlipsWithinBytes)));
            await Task.WhenAny(down, up);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, int flipAt)
    {
        var (source, sink, buffer) = (from.GetStream(), to.GetStream(), new byte[4 << 10]);
        try
        {
            for (var passed = 0; await source.ReadAsync(buffer, _stop.Token) is > 0 and var count; passed += count)
            {
                if (IsFlipping && flipAt >= 0 && flipAt < passed + count)
                {
                    buffer[Math.Max(0, flipAt - passed)] ^= (byte)(1 << (flipAt % 8));
                    flipAt = -1;
                    Interlocked.Increment(ref _flips);
                }

                await sink.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }
}
