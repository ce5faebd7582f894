using System.Net;
using System.Net.Sockets;
using TeeChain.Protocol;

namespace TeeProxy.Tests.Hop;

/// <summary>
/// A TCP connection in between: each next connection follows the next plan for what the predecessor sends; when there
/// are no more plans, all passes.
/// </summary>
internal sealed class UnreliableWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Queue<Plan> _plans;
    private readonly Address _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;

    public UnreliableWire(Address target, params IEnumerable<Plan> plans)
    {
        (_target, _plans) = (target, new(plans));
        _listener.Start();
        Address = new Address("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    /// <param name="CutAt">Both directions end once so many bytes have passed downstream.</param>
    /// <param name="FlipAt">One bit of this byte is turned over.</param>
    internal sealed record Plan(long CutAt = long.MaxValue, long FlipAt = long.MaxValue);

    public Address Address { get; }

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
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
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var plan = _plans.TryDequeue(out var next) ? next : new Plan();
                Interlocked.Increment(ref _connections);
                relays.Add(RelayAsync(client, plan));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client, Plan plan)
    {
        using var one = client;
        using var other = new TcpClient();
        try
        {
            await other.ConnectAsync(_target.Host, _target.Port, _stop.Token);
            await Task.WhenAny(CopyAsync(client.GetStream(), other.GetStream(), plan), CopyAsync(other.GetStream(), client.GetStream(), new Plan()));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The target is gone: the connection ends.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Plan plan)
    {
        var buffer = new byte[4096];
        try
        {
            for (long passed = 0; passed < plan.CutAt;)
            {
                var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, plan.CutAt - passed)), _stop.Token);
                if (read == 0)
                {
                    return;
                }

                if (plan.FlipAt >= passed && plan.FlipAt < passed + read)
                {
                    buffer[plan.FlipAt - passed] ^= 0x10;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                passed += read;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side has gone.
        }
    }
}
