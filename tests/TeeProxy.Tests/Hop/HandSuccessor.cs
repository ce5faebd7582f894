using System.Net;
using System.Net.Sockets;
using TeeChain.Protocol;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;
using TeeProxy.Hop;

namespace TeeProxy.Tests.Hop;

/// <summary>A fresh successor that accepts whoever opens to it, and whose answer a test says; it sends no acks.</summary>
internal sealed class HandSuccessor : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HandSuccessor()
    {
        _listener.Start();
        Address = new Address("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
    }

    public Address Address { get; }

    /// <summary>The types of the first frames that come behind the opening.</summary>
    public async Task<IReadOnlyList<FrameType>> TakeAsync(int frames, Func<OpeningAnswer, OpeningAnswer> say, CancellationToken cancellation)
    {
        using var client = await _listener.AcceptTcpClientAsync(cancellation);
        var connection = client.GetStream();
        await UpgradeAsync(connection, cancellation);
        await using var stream = new HopStream(connection);
        var exchange = new OpeningExchange(new OpeningCodec(System.Text.Encoding.UTF8.GetBytes(HopNode.Secret)));
        var (opening, answer) = await exchange.ReceiveAsync(stream, "the head", cancellation);
        await answer(
            say(new OpeningAnswer
            {
                Verdict = Verdict.Accept,
                Reason = "",
                Chain = opening.Chain,
                Node = Guid.NewGuid(),
                Journal = Guid.NewGuid(),
                PromisedEpoch = opening.Epoch,
                Head = opening.Head,
                Last = default,
                Address = Address.ToString(),
            }),
            cancellation);

        var types = new List<FrameType>();
        while (types.Count < frames)
        {
            types.Add((await stream.Reader.ReadAsync(cancellation))!.Value.Type);
        }

        return types;
    }

    public void Dispose() => _listener.Dispose();

    private static async Task UpgradeAsync(NetworkStream connection, CancellationToken cancellation)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await connection.ReadExactlyAsync(one, cancellation);
            head.Add(one[0]);
        }

        await connection.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: teechain/1\r\n\r\n"u8.ToArray(), cancellation);
    }
}
